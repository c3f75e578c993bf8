/** Ids of service accounts begin so. */
export const accountIdPrefix = 'sva'

/** What an id of whom an access token opens a policy for stands for. */
export const kindOf = (principalId: string): 'member' | 'service_account' =>
  principalId.startsWith(`${accountIdPrefix}_`) ? 'service_account' : 'member'

/** The closed list of permission keys, each with the sentence that screens and documentation show. */
export const permissions = {
  'workspace.read': 'See the workspace, its overview and its settings.',
  'settings.manage': 'Change the settings of the workspace and send test mails.',
  'surfaces.manage': 'Turn surfaces such as Codex local on and off.',
  'members.read': 'See members and groups.',
  'members.manage':
    'Invite, change, suspend and remove members; make groups and put members in them.',
  'roles.manage': 'Make custom roles, and give and take roles, never above the own rights.',
  'requests.decide':
    'See requests for access and decide them, never giving more than the own rights.',
  'signin.manage':
    'Say how people sign in: single sign-on, groups from claims, whether a second factor is required.',
  'directories.manage':
    'Connect directories (SCIM), rotate their tokens and see what they provisioned.',
  'codex.local.use': 'Use Codex on the own machines: sign clients in and get the own policy.',
  'codex.device_code.use': 'Sign clients in with a device code.',
  'codex.access_tokens.create': 'Make access tokens for the own scripts and runners.',
  'access_tokens.manage': 'See everybody’s access tokens and revoke them.',
  'service_accounts.manage': 'Make service accounts and their access tokens.',
  'decisions.manage': 'Write down what was decided about the vendor’s own cloud.',
  'policies.read': 'See policies with all their versions, the group rules and who gets what.',
  'policies.edit': 'Write drafts of policies.',
  'policies.publish': 'Publish policies, order group rules and choose the default policy.',
  'policies.approve':
    'Approve what others want to change in who gets which policy, and review what could not wait.',
  'enrolments.read': 'See enrolments and when they last fetched.',
  'enrolments.manage': 'Make, rotate and revoke enrolments.',
  'clients.read': 'See which clients are signed in as whom, and the lines that sign machines in.',
  'clients.manage': 'End the sign-ins of clients.',
  'watch.read': 'See collections, their pages and everything that changed in them.',
  'watch.manage': 'Add collections, change their sources, schedule and rules, import and delete.',
  'outbound.manage': 'Allow Gatehouse to call hosts that are not on the public internet.',
  'subscriptions.read': 'Follow collections: feeds, mails and webhooks of one’s own.',
  'webhooks.manage': 'Add webhooks, see what was delivered, and test them.',
  'keys.manage': 'Make and revoke service keys, never with more than the own permissions.',
  'telemetry.manage': 'Say what clients report, what of it is kept and where it is passed on to.',
  'analytics.view': 'See analytics of groups, surfaces and models.',
  'analytics.persons': 'See analytics and conversations of single persons.',
  'drift.read': 'See which clients report something else than what they were served.',
  'alerts.manage':
    'Make budgets and alerts, accept what disagrees under Drift, and say from which version on clients are accepted.',
  'audit.read': 'See what was done by whom.',
  'compliance.read': 'List and download the files of the compliance log.',
  'compliance.delete': 'Delete files of the compliance log and set legal holds.',
  'metrics.read': 'Read the metrics of the server.',
} as const

export type Permission = keyof typeof permissions

export const permissionKeys = Object.keys(permissions) as readonly Permission[]

/** The closed list of permission keys, each with the sentence that screens and documentation show. */
export const permissions = {
  'workspace.read': 'See the workspace, its overview and its settings.',
  'settings.manage': 'Change the settings of the workspace and send test mails.',
  'surfaces.manage': 'Turn surfaces such as Codex local on and off.',
  'members.read': 'See members and groups.',
  'members.manage':
    'Invite, change, suspend and remove members; make groups and put members in them.',
  'roles.manage': 'Give and take built-in roles, never above the own one.',
  'policies.read': 'See policies with all their versions, the group rules and who gets what.',
  'policies.edit': 'Write drafts of policies.',
  'policies.publish': 'Publish policies, order group rules and choose the default policy.',
  'enrolments.read': 'See enrolments and when they last fetched.',
  'enrolments.manage': 'Make, rotate and revoke enrolments.',
  'keys.manage': 'Make and revoke service keys, never with more than the own permissions.',
  'audit.read': 'See what was done by whom.',
  'metrics.read': 'Read the metrics of the server.',
} as const

export type Permission = keyof typeof permissions

export const permissionKeys = Object.keys(permissions) as readonly Permission[]

/** Who may read what is watched, and how errors are written. */
export const readers = {
  auth: ['session', 'key'],
  errors: 'problem',
  permission: 'watch.read',
  audit: null,
} as const

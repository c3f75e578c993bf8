/** Who may change what is watched, and how errors are written. */
export const admins = {
  auth: ['session', 'key'],
  errors: 'problem',
  permission: 'watch.manage',
} as const

/** How audit records name a collection. */
export const collectionTarget = (row: { readonly id: string; readonly path: string }) => ({
  kind: 'collection',
  id: row.id,
  label: row.path,
})

/** What a person reads whose roles do not let her do it; with the address where she can ask for it, where there is one. */
export const noPermissionText = {
  'codex.local.use':
    'Your role in this workspace does not include Codex. Ask your administrator for it.',
  'codex.device_code.use':
    'Your role does not include signing in with a device code. Sign in with the browser, or ask your administrator.',
} as const

export type NeededForCodex = keyof typeof noPermissionText

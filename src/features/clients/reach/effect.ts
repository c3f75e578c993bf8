import type { SurfaceKey } from '#features/workspace/index.ts'
import type { Reach } from './schema.ts'

/** Who takes notice of a switch. Turning off a way to sign in ends no sign-in, so clients hear nothing of it. */
export function effectOf(key: SurfaceKey): Reach['effect'] {
  switch (key) {
    case 'codex_local':
    case 'access_tokens':
      return 'next_start'
    case 'device_code':
    case 'workspace_sign_in':
    case 'config_server_sign_in':
      return 'sign_in'
    case 'role_administration':
      return 'pages'
  }
}

import {
  surfaces,
  surfaceWords,
  type Permission,
  type SurfaceKey,
} from '#features/workspace/index.ts'
import type { Work } from '#kernel/work.ts'

/** Permissions that open nothing while a surface is off, whoever holds them. */
const needs: Readonly<Partial<Record<SurfaceKey, Permission>>> = {
  codex_local: 'codex.local.use',
  device_code: 'codex.device_code.use',
  access_tokens: 'codex.access_tokens.create',
}

/** Permission → the name of the surface that is off. */
export function* turnedOff(): Work<ReadonlyMap<Permission, string>> {
  return new Map(
    (yield* surfaces()).flatMap(({ key, on }): [Permission, string][] => {
      const permission = needs[key]
      return on || !permission ? [] : [[permission, surfaceWords[key].name]]
    }),
  )
}

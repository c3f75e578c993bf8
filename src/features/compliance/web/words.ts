import type { Destination } from '../schema.ts'

/** What stands in files of a type. */
export const typeWords: Readonly<Record<string, string>> = {
  CODEX_LOG: 'What agents reported',
  AUTH_LOG: 'Sign-ins and tokens',
  AUDIT_LOG: 'Administrative acts',
}

export const kindWords: Readonly<Record<Destination['kind'], string>> = {
  folder: 'Folder',
  s3: 'S3-compatible bucket',
  webhook: 'Signed webhook',
  syslog: 'Syslog receiver',
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** 1.2 MB */
export function sizeText(bytes: number): string {
  const step = bytes === 0 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** step
  return `${step === 0 ? value : value.toFixed(1)} ${units[step] ?? 'B'}`
}

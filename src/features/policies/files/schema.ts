import { z } from 'zod'

/** A policy as a file, for ways of delivery other than Gatehouse's own. */
export const fileForms = [
  {
    id: 'linux',
    title: 'System file',
    where: '/etc/codex/requirements.toml on Linux and macOS, owned by root.',
    fileName: 'requirements.toml',
    type: 'application/toml; charset=utf-8',
  },
  {
    id: 'macos',
    title: 'Configuration profile',
    where:
      'A custom profile for devices in your MDM (macOS). After the vendor’s documentation; not tried on a managed Mac.',
    fileName: 'requirements.mobileconfig',
    type: 'application/x-apple-aspen-config',
  },
  {
    id: 'windows',
    title: 'Windows file',
    where:
      '%ProgramData%\\OpenAI\\Codex\\requirements.toml. After the vendor’s documentation; not tried on Windows.',
    fileName: 'requirements.toml',
    type: 'application/toml; charset=utf-8',
  },
  {
    id: 'defaults',
    title: 'Defaults',
    where: '/etc/codex/config.toml on Linux and macOS: what people may override.',
    fileName: 'config.toml',
    type: 'application/toml; charset=utf-8',
  },
] as const
export type FileForm = (typeof fileForms)[number]

export const fileForm = z.enum(fileForms.map(({ id }) => id))

/** How the programs of the client call themselves, and how people do. */
const programs: Readonly<Record<string, string>> = {
  'codex-cli': 'Codex CLI',
  codex_cli_rs: 'Codex CLI',
  'codex-tui': 'Codex CLI',
  codex_exec: 'Codex exec',
  codex_vscode: 'Codex for VS Code',
  codex_app_server: 'Codex app server',
}

/** Longest name and version of a program that nobody has heard of. */
const mostOfName = 40

/**
 * `Codex CLI 0.169.0 on Debian 12.0.0` out of `codex_cli_rs/0.169.0 (Debian 12.0.0; x86_64) xterm`. For people to recognise
 * their own machine by; anybody can send anything.
 */
export function programOf(userAgent: string): string {
  const match = /^([\w.-]+)(?:\/([\w.+-]+))?(?:\s+\(([^;()]*))?/.exec(userAgent.trim())
  const [, name, version, system] = match ?? []
  if (name === undefined) return ''
  const named = Object.hasOwn(programs, name) ? programs[name] : undefined
  const shown = [named ?? name.slice(0, mostOfName), version?.slice(0, mostOfName)]
    .filter((part) => part !== undefined)
    .join(' ')
  const on = system?.trim().slice(0, mostOfName) ?? ''
  return on === '' ? shown : `${shown} on ${on}`
}

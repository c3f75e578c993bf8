import { commandRulesOf, compose, type CommandRules } from '#requirements/index.ts'

/** What a client keeps of the bundle that it was given. */
export interface Given {
  /** It reports with it; undefined: nobody asked it to report. */
  readonly token: string | undefined
  readonly approval: string
  readonly sandbox: string
  readonly servers: string
  readonly rules: CommandRules
}

interface Bundle {
  readonly requirements_toml?: {
    readonly enterprise_managed: readonly { readonly contents: string }[]
  }
}

const read = new Map<string, Omit<Given, 'token'>>()

/** Reads a bundle as a client does that keeps to it. */
export function givenBy(bundle: string): Given {
  const { requirements_toml } = JSON.parse(bundle) as Bundle
  const texts = (requirements_toml?.enterprise_managed ?? []).map(({ contents }) => contents)
  const token = /Bearer (git_[^"]+)/.exec(texts.join('\n'))?.[1]
  const [policy = ''] = texts.filter((text) => !text.includes('Bearer git_'))
  let said = read.get(policy)
  if (!said) read.set(policy, (said = readPolicy(policy)))
  return { token, ...said }
}

function readPolicy(text: string): Omit<Given, 'token'> {
  const { document } = compose([{ kind: 'delivered', name: 'policy', text }])
  const first = (allowed: unknown, wanted: string): string =>
    !Array.isArray(allowed) || allowed.includes(wanted) ? wanted : String(allowed[0])
  return {
    approval: first(document.allowed_approval_policies, 'on-request'),
    sandbox: first(document.allowed_sandbox_modes, 'workspace-write'),
    servers: text.includes('[mcp_servers.docs]') ? 'docs' : '',
    rules: commandRulesOf(text),
  }
}

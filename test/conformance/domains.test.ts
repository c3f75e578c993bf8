import { afterAll, describe, expect, it } from 'vitest'
import { decideDomain, type DomainDecision } from '#requirements/index.ts'
import { toolResults } from './rules.ts'
import { removeManagedRequirements, writeManagedRequirements } from './sandbox.ts'

// What network limits say about a host, asked of the proxy that the client puts before its commands. There is no network
// in here, so that a host which the limits let pass is refused for another reason: its name leads nowhere.

afterAll(removeManagedRequirements)

const MAPPED = `allowed_sandbox_modes = ["read-only", "workspace-write"]
[experimental_network]
enabled = true
[experimental_network.domains]
"a.example" = "allow"
"*.sub.example" = "allow"
"**.both.example" = "allow"
"x.both.example" = "deny"
"**.gone.example" = "deny"
"y.gone.example" = "allow"
"*.half.example" = "deny"
"UP.Example." = "allow"
"deep.a.b.example" = "allow"
"*.x.sub.example" = "deny"
`

// Stars and question marks inside, capitals, blanks and ports: odd, and taken by the client.
const ODD = `allowed_sandbox_modes = ["read-only", "workspace-write"]
[experimental_network]
enabled = true
[experimental_network.domains]
"r*.v.example" = "allow"
"?.q.example" = "deny"
"*.a.*.example" = "deny"
"h.example:443" = "deny"
" w.Example. " = "deny"
"*star.example" = "deny"
`

const LISTED = `allowed_sandbox_modes = ["read-only", "workspace-write"]
[experimental_network]
enabled = true
managed_allowed_domains_only = true
allowed_domains = ["a.example", "*.sub.example", "**.both.example", "y.gone.example"]
denied_domains = ["x.both.example", "**.gone.example", "a.sub.example"]
`

const HOSTS: readonly (readonly [host: string, mapped: Outcome, listed: Outcome])[] = [
  ['a.example', 'allowed', 'allowed'],
  ['A.Example', 'allowed', 'allowed'],
  ['a.example.', 'allowed', 'allowed'],
  ['b.a.example', 'unlisted', 'unlisted'],
  ['aa.example', 'unlisted', 'unlisted'],
  ['example', 'unlisted', 'unlisted'],
  ['sub.example', 'unlisted', 'unlisted'],
  ['q.sub.example', 'allowed', 'allowed'],
  ['r.q.sub.example', 'allowed', 'allowed'],
  ['a.sub.example', 'allowed', 'denied'],
  ['b.a.sub.example', 'allowed', 'allowed'],
  ['x.sub.example', 'allowed', 'allowed'],
  ['y.x.sub.example', 'denied', 'allowed'],
  ['xsub.example', 'unlisted', 'unlisted'],
  ['both.example', 'allowed', 'allowed'],
  ['q.both.example', 'allowed', 'allowed'],
  ['r.q.both.example', 'allowed', 'allowed'],
  ['x.both.example', 'denied', 'denied'],
  ['X.BOTH.example.', 'denied', 'denied'],
  ['z.x.both.example', 'allowed', 'allowed'],
  ['gone.example', 'denied', 'denied'],
  ['y.gone.example', 'denied', 'denied'],
  ['z.y.gone.example', 'denied', 'denied'],
  ['half.example', 'unlisted', 'unlisted'],
  ['a.half.example', 'denied', 'unlisted'],
  ['up.example', 'allowed', 'unlisted'],
  ['deep.a.b.example', 'allowed', 'unlisted'],
  ['a.b.example', 'unlisted', 'unlisted'],
  ['a.example.org', 'unlisted', 'unlisted'],
  ['127.0.0.1', 'local', 'local'],
  ['[::1]', 'local', 'local'],
  ['10.1.2.3', 'local', 'local'],
  ['192.168.1.1', 'local', 'local'],
  ['8.8.8.8', 'unlisted', 'unlisted'],
  ['localhost', 'local', 'local'],
]

const ODD_HOSTS: readonly (readonly [host: string, outcome: Outcome])[] = [
  ['r1.v.example', 'allowed'],
  ['r.v.example', 'allowed'],
  ['r1.x.v.example', 'allowed'],
  ['x.v.example', 'unlisted'],
  ['x.q.example', 'denied'],
  ['xx.q.example', 'unlisted'],
  ['z.a.b.example', 'denied'],
  ['a.b.example', 'unlisted'],
  ['h.example', 'denied'],
  ['w.example', 'denied'],
  ['star.example', 'denied'],
  ['x.star.example', 'denied'],
  ['bstar.example', 'denied'],
]

type Outcome = DomainDecision['outcome']

describe('network limits', () => {
  it.each([
    ['as a map', MAPPED, HOSTS.map(([host, outcome]) => [host, outcome] as const)],
    ['as two lists', LISTED, HOSTS.map(([host, , outcome]) => [host, outcome] as const)],
    ['with odd patterns', ODD, ODD_HOSTS],
  ] as const)('%s', async (_name, policy, hosts) => {
    writeManagedRequirements(policy)
    const said = await askProxy(hosts.map(([host]) => host))
    for (const [n, [host, outcome]] of hosts.entries()) {
      expect([host, said[n]]).toEqual([host, outcome === 'local' ? 'allowed' : outcome])
      expect([host, decideDomain(policy, host).outcome]).toEqual([host, outcome])
    }
  })
})

const CLIENTS = 3

/** One command for each host: the client ends a command whose request it refuses, and says why. */
async function askProxy(hosts: readonly string[]): Promise<readonly Outcome[]> {
  const commands = hosts.map(
    (host) =>
      `exec 3<>/dev/tcp/127.0.0.1/\${http_proxy##*:}; printf 'CONNECT ${host}:443 HTTP/1.1\\r\\nHost: ${host}:443\\r\\n\\r\\n' >&3; cat <&3`,
  )
  const each = Math.ceil(commands.length / CLIENTS)
  const batches = Array.from({ length: CLIENTS }, (_, n) =>
    commands.slice(n * each, (n + 1) * each),
  )
  const said = await Promise.all(
    batches.map((batch) =>
      toolResults(batch, [
        '--sandbox',
        'workspace-write',
        '-c',
        'sandbox_workspace_write.network_access=true',
      ]),
    ),
  )
  return said.flat().map((text) => {
    if (text.includes('explicitly denied by policy')) return 'denied'
    // Whatever passes the lists comes to nothing here.
    if (text.includes('local/private network addresses')) return 'allowed'
    // The first may be approved by the person, the second by nobody.
    if (text.includes('was blocked by policy')) return 'unlisted'
    if (text.includes('not on the allowlist')) return 'unlisted'
    throw new Error(`the proxy did not say: ${text}`)
  })
}

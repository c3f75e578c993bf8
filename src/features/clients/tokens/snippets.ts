import * as quote from '#kernel/quote.ts'
import type { RunnerSnippet } from './schema.ts'

export interface Place {
  /** The address of the clients, https, without a slash at its end. */
  readonly publicUrl: string
  /** The certificate of the local authority (PEM), where the server's certificate comes from it. */
  readonly localCa: string | null
}

const requirements = '/etc/codex/requirements.toml'
const caFile = '/etc/codex/gatehouse-ca.crt'
const keyVariable = 'GATEHOUSE_ENROLMENT_KEY'
const tokenVariable = 'CODEX_ACCESS_TOKEN'

/** Ways to give a token to a runner, each with the lines that keep it under a policy whatever becomes of the token. */
export const runnerSnippets = (place: Place): RunnerSnippet[] => [
  github(place),
  gitlab(place),
  shell(place),
]

/** As root: the file that only root can change, with the key of an enrolment. */
const policyOf = ({ publicUrl, localCa }: Place, root: string): readonly string[] => [
  `${root}mkdir -p /etc/codex`,
  `printf '[config_server]\\nbase_url = "%s"\\n' ${quote.shell(`${publicUrl}/c/`)}"$${keyVariable}" | ${root}tee ${requirements} > /dev/null`,
  ...(localCa === null
    ? []
    : [`printf '%s' ${quote.shell(localCa)} | ${root}tee ${caFile} > /dev/null`]),
]

const variables = ({ publicUrl, localCa }: Place): readonly (readonly [string, string])[] => [
  ['CODEX_AUTHAPI_BASE_URL', publicUrl],
  ...(localCa === null ? [] : [['CODEX_CA_CERTIFICATE', caFile] as const]),
]

const codex = ({ publicUrl }: Place): string =>
  `codex -c ${quote.shell(`chatgpt_base_url=${quote.toml(`${publicUrl}/backend-api/`)}`)}`

const notes = [
  `${keyVariable} is the key of an enrolment, ${tokenVariable} the access token. Keep both among the secrets of the runner, never in the repository.`,
  'With these lines the group of the enrolment decides the policy, and it stays in force whatever becomes of the token. Bind the enrolment to the group of the service account.',
  'Without [config_server] the token alone decides. A revoked or expired token is refused while Gatehouse answers; where Gatehouse cannot be reached, or the token is missing or mistyped, the client starts without any policy.',
  'Only for runners that run what you trust: whoever can change the job can read the token.',
]

const indent = (lines: readonly string[], by: number): string =>
  lines
    .flatMap((line) => line.split('\n'))
    .map((line) => (line === '' ? '' : ' '.repeat(by) + line))
    .join('\n')

const yaml = (of: Place): readonly string[] =>
  variables(of).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)

const github = (place: Place): RunnerSnippet => ({
  id: 'github',
  title: 'GitHub Actions',
  fileName: 'codex.yml',
  language: 'yaml',
  text: `jobs:
  codex:
    runs-on: ubuntu-latest
    env:
${indent(yaml(place), 6)}
    steps:
      - name: Put this runner under the policy
        env:
          ${keyVariable}: \${{ secrets.${keyVariable} }}
        run: |
${indent(policyOf(place, 'sudo '), 10)}
      - name: Run Codex
        env:
          ${tokenVariable}: \${{ secrets.${tokenVariable} }}
        run: |
          ${codex(place)} exec "Say hello"
`,
  notes,
})

const gitlab = (place: Place): RunnerSnippet => ({
  id: 'gitlab',
  title: 'GitLab',
  fileName: '.gitlab-ci.yml',
  language: 'yaml',
  text: `# ${keyVariable} and ${tokenVariable}: masked and protected variables of the project.
codex:
  variables:
${indent(yaml(place), 4)}
  before_script:
    - |
${indent(policyOf(place, ''), 6)}
  script:
    - |
      ${codex(place)} exec "Say hello"
`,
  notes: [
    ...notes,
    'The job runs as root in its container, as images do unless they say otherwise.',
  ],
})

const shell = (place: Place): RunnerSnippet => ({
  id: 'shell',
  title: 'Shell',
  fileName: 'codex-on-runner.sh',
  language: 'shell',
  text: `#!/bin/sh
# codex-on-runner.sh exec "Say hello"
set -eu
: "\${${keyVariable}:?is the key of an enrolment}" "\${${tokenVariable}:?is the access token}"
root=$([ "$(id -u)" = 0 ] || echo sudo)
${policyOf(place, '$root ').join('\n')}
${variables(place)
  .map(([name, value]) => `export ${name}=${quote.shell(value)}`)
  .join('\n')}
export ${tokenVariable}
exec ${codex(place)} "$@"
`,
  notes: [
    ...notes,
    `It writes ${requirements} anew each time. On a machine that has one already, put the lines of the enrolment’s page there instead.`,
  ],
})

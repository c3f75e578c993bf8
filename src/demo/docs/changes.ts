/** What a vendor does to its documentation in eight weeks: much of it is noise, some of it matters. */
export interface DocsDay {
  /** Days since the company began with Gatehouse. */
  readonly day: number
  /** Hours and minutes of the vendor's deployment, UTC. */
  readonly at: readonly [hour: number, minute: number]
  readonly edits: readonly Edit[]
}

export type Edit =
  | { readonly page: string; readonly from: string; readonly to: string }
  | { readonly page: string; readonly text: string | null }

const paddedFlags = `| Flag        | Default     | Meaning                    |
| ----------- | ----------- | -------------------------- |
| \`--model\`   | from config | the model to use           |
| \`--sandbox\` | read-only   | how far commands may reach |
| \`--ask\`     | on-request  | when you are asked         |`

const banner = `> Halyard 2 is coming. [Read what changes](changelog).

`

export const changes: readonly DocsDay[] = [
  {
    day: 3,
    at: [6, 30],
    edits: [
      {
        page: 'install',
        from: 'Halyard looks for a new version once a day.',
        to: 'Halyard looks for a new version once a day, and when it starts after a week.',
      },
    ],
  },
  {
    day: 6,
    at: [18, 24],
    edits: [
      {
        page: 'cli/commands',
        from: `| Flag             | Default     | Meaning                        |
| ---------------- | ----------- | ------------------------------ |
| \`--model\`        | from config | the model to use               |
| \`--sandbox\`      | read-only   | how far commands may reach     |
| \`--ask\`          | on-request  | when you are asked             |`,
        to: paddedFlags,
      },
    ],
  },
  {
    day: 9,
    at: [12, 29],
    edits: [
      {
        page: 'sign-in',
        from: '## Sign out',
        to: `## With an access token

A build machine signs in with a token: \`printenv HALYARD_TOKEN | halyard login --with-token\`.
Admins decide who may make tokens.

## Sign out`,
      },
      {
        page: 'admin/setup',
        from: '## Write a policy',
        to: `## Access tokens

Switch on **Members may make access tokens** if builds use Halyard. A token lives for 90 days at
most.

## Write a policy`,
      },
      {
        page: 'index',
        from: '- [Admins](admin/setup)',
        to: '- [Use it in builds](sign-in#with-an-access-token) with an access token.\n- [Admins](admin/setup)',
      },
    ],
  },
  {
    day: 13,
    at: [0, 33],
    edits: [{ page: 'index', from: '# Halyard\n\n', to: `# Halyard\n\n${banner}` }],
  },
  { day: 13, at: [6, 31], edits: [{ page: 'index', from: banner, to: '' }] },
  {
    day: 13,
    at: [12, 30],
    edits: [{ page: 'index', from: '# Halyard\n\n', to: `# Halyard\n\n${banner}` }],
  },
  { day: 13, at: [18, 32], edits: [{ page: 'index', from: banner, to: '' }] },
  {
    day: 14,
    at: [6, 28],
    edits: [{ page: 'index', from: '# Halyard\n\n', to: `# Halyard\n\n${banner}` }],
  },
  {
    day: 17,
    at: [9, 12],
    edits: [
      {
        page: 'cli/approvals',
        from: `With \`untrusted\` Halyard asks for every command that is not known to be harmless. With
\`on-request\` the model asks when it needs more than the sandbox gives.`,
        to: `With \`untrusted\` Halyard asks for every command that is not known to be
harmless. With \`on-request\` the model asks when it needs more than the
sandbox gives.`,
      },
      {
        page: 'changelog',
        from: '# Changelog\n',
        to: `# Changelog

## 1.9

- \`--ask never\` is refused where a policy forbids it, with the name of the policy.
- Sessions start 200 ms faster on Windows.
`,
      },
    ],
  },
  {
    day: 22,
    at: [15, 41],
    edits: [
      {
        page: 'admin/policies',
        from: '## Groups',
        to: `## Network

Where the sandbox lets commands out, a policy can say how far:

\`\`\`toml
experimental_network.enabled = true
experimental_network.allowed_domains = ["registry.example.com", "*.example.com"]
experimental_network.denied_domains = ["paste.example.net"]
\`\`\`

## Groups`,
      },
    ],
  },
  {
    day: 22,
    at: [21, 5],
    edits: [
      {
        page: 'admin/policies',
        from: '## Groups',
        to: `## Features

The same requirements pin features, whatever people configure. These open a browser or the desktop:

\`\`\`toml
[features]
browser_use = false
in_app_browser = false
computer_use = false
\`\`\`

## Groups`,
      },
      {
        page: 'changelog',
        from: '## 1.9\n',
        to: `## 2.0

- Halyard can open a browser. Admins can forbid it: see [Policies](admin/policies).
- The sandbox lets commands reach the network where a policy names the domains.

## 1.9
`,
      },
      { page: 'index', from: banner, to: '' },
    ],
  },
  {
    day: 27,
    at: [6, 29],
    edits: [
      {
        page: 'admin/browser',
        text: `# Browser and desktop

From version 2.0 on Halyard can open pages and, on macOS, use the desktop.

## What leaves the machine

Pages are opened with a profile of their own. Cookies of your browser are not read.

## Forbid it

Pin \`browser_use\`, \`in_app_browser\` and \`computer_use\` to \`false\`. See
[Policies](policies).
`,
      },
      {
        page: 'admin/setup',
        from: '![The switch in the settings](/images/admin-switch.png)\n',
        to: `<div class="picture">
  <img src="/images/admin-switch.png"
    alt="The switch in the settings" />
</div>
`,
      },
    ],
  },
  {
    day: 33,
    at: [12, 26],
    edits: [
      {
        page: 'install',
        from: '| Windows | msi            | x86_64       |',
        to: '| Windows | msi, portable zip | x86_64, arm64 |',
      },
    ],
  },
  {
    day: 38,
    at: [18, 30],
    edits: [
      {
        page: 'admin/policies',
        from: 'The client fetches its policy when it starts and keeps it for an hour.',
        to: `The client fetches its policy when it starts and keeps it for an hour. When it can neither fetch nor
find one, it does not start.`,
      },
      {
        page: 'admin/policies',
        from: 'allowed_sandbox_modes = ["read-only", "workspace-write"]\n',
        to: `allowed_sandbox_modes = ["read-only", "workspace-write"]
allowed_web_search_modes = ["cached"]
`,
      },
    ],
  },
  {
    day: 44,
    at: [9, 48],
    edits: [
      { page: 'admin/telemetry', text: null },
      {
        page: 'admin/observe/telemetry',
        text: `# Telemetry

Halyard can send what it does to a collector of yours.

\`\`\`toml
[otel]
environment = "production"
\`\`\`

Prompts are left out unless you ask for them.
`,
      },
    ],
  },
  {
    day: 49,
    at: [6, 27],
    edits: [
      {
        page: 'cli/commands',
        from: '## `halyard resume`',
        to: `## \`halyard review\`

Reads the changes of a branch and says what it would not merge.

## \`halyard resume\``,
      },
      {
        page: 'cli/commands',
        from: '| `--ask`     | on-request  | when you are asked         |',
        to: `| \`--ask\`     | on-request  | when you are asked         |
| \`--json\`    | off         | events as JSON lines       |`,
      },
    ],
  },
  {
    day: 54,
    at: [15, 3],
    edits: [
      {
        page: 'admin/policies',
        from: '## Groups',
        to: `## Appshots

The top-level \`allow_appshots = false\` requirement keeps Halyard from taking pictures of windows.

## Groups`,
      },
      {
        page: 'changelog',
        from: '## 2.0\n',
        to: `## 2.1

- \`halyard review\` is new.
- Appshots: a picture of a window for the model. A policy can forbid them.

## 2.0
`,
      },
    ],
  },
]

/** Kestrel Robotics: an invented company that makes inspection drones. Everything in it is made up. */
export const company = { name: 'Kestrel Robotics', domain: 'kestrel.example' } as const

export interface Group {
  readonly name: string
  readonly description: string
}

export const groups: readonly Group[] = [
  { name: 'Security', description: 'Owns the baseline and answers for it.' },
  { name: 'Platform', description: 'Builds, runners, developer machines.' },
  { name: 'Flight software', description: 'Certified code that runs on the drone.' },
  { name: 'Perception', description: 'Vision models and their training data.' },
  { name: 'Fleet backend', description: 'The service that customers fly with.' },
  { name: 'Mobile', description: 'The pilot app.' },
  { name: 'Data', description: 'Analytics and reporting.' },
  { name: 'CI runners', description: 'Machines without a person.' },
  { name: 'Contractors', description: 'People from outside, on short terms.' },
]

const first =
  `Mara Jonas Priya Tomás Aiko Henrik Leila Oskar Noor Caleb Ines Ravi Saga Mateo Yuki Elif Bruno Hana Pavel Zoë
Anders Fatima Lucía Dmitri Keiko Amara Stefan Rosa Imran Freya Luca Nadia Viktor Mei Samuel Petra Omar Linnea Diego Ayla
Marek Sofia Kofi Greta Hugo Salma Emil Chiara Tariq Astrid Joao Vera Kenji Alma Rohan Elsa Nikolai Dina Felix Tove`.split(
    /\s+/,
  )
const last =
  `Lindqvist Okafor Raman Ferreira Tanaka Vestergaard Haddad Nyberg Rahman Whitaker Moreau Iyer Ekström Vargas Sato
Demir Costa Novak Petrov Jansen Dahl Zahra Romero Volkov Mori Mensah Keller Conti Malik Berg`.split(
    /\s+/,
  )

export interface Person {
  readonly email: string
  readonly name: string
  readonly role: 'owner' | 'admin' | 'member'
  readonly groups: readonly string[]
}

/** The five who administer come first; the owner is Mara. */
export const people: readonly Person[] = first.map((given, i) => {
  const family = last[i % last.length] ?? ''
  const plain = `${given}.${family}`.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
  return {
    email: `${plain}@${company.domain}`,
    name: `${given} ${family}`,
    role: i === 0 ? 'owner' : i < 5 ? 'admin' : 'member',
    groups: groupsOf(i),
  }
})

function groupsOf(i: number): readonly string[] {
  if (i < 3) return ['Security']
  if (i < 8) return ['Platform']
  if (i >= 54) return ['Contractors', i % 2 === 0 ? 'Mobile' : 'Data']
  const team = ['Flight software', 'Perception', 'Fleet backend', 'Mobile', 'Data'][i % 5] ?? 'Data'
  // A few work in two places: that is what makes the order of group rules matter.
  return i % 11 === 0 ? [team, 'Platform'] : [team]
}

export interface PolicyStory {
  readonly name: string
  readonly description: string
  readonly versions: readonly {
    readonly day: number
    readonly by: number
    readonly message: string
    readonly text: string
    /** The overridable config.toml beside it. */
    readonly defaults?: string
  }[]
}

const baseline1 = `# Everybody starts here.
allowed_approval_policies = ["on-request"]
allowed_sandbox_modes = ["read-only", "workspace-write"]
allowed_web_search_modes = ["cached"]
`
const baseline2 = `${baseline1}
[features]
browser_use = false
computer_use = false

[rules]
prefix_rules = [
  { pattern = [{ token = "rm" }, { token = "-rf" }], decision = "forbidden", justification = "Use git clean instead: it shows what goes." },
  { pattern = [{ token = "git" }, { any_of = ["push", "commit"] }], decision = "prompt", justification = "A person looks before history changes." },
]
`
const baseline3 = `${baseline2}
[mcp_servers.docs]
identity = { url = "https://mcp.kestrel.example/docs" }

[permissions.filesystem]
deny_read = ["~/.ssh", "~/.aws", "~/**/*.pem"]
`

export const policies: readonly PolicyStory[] = [
  {
    name: 'Kestrel baseline',
    description: 'For everybody for whom no group rule decides.',
    versions: [
      { day: 2, by: 1, message: 'First baseline, agreed with the works council', text: baseline1 },
      {
        day: 9,
        by: 1,
        message: 'Command rules after the incident of 14 September',
        text: baseline2,
      },
      {
        day: 31,
        by: 2,
        message: 'Only our own documentation server; no reading of keys',
        text: baseline3,
        defaults: `# Where people start. Everybody may choose otherwise, within what the policy allows.
model_reasoning_effort = "medium"
hide_agent_reasoning = true

[tui]
notifications = true
`,
      },
    ],
  },
  {
    name: 'Flight software',
    description: 'Certified code: read first, ask for everything else.',
    versions: [
      {
        day: 12,
        by: 2,
        message: 'Read-only until the tool is qualified',
        text: `allowed_approval_policies = ["on-request"]
allowed_sandbox_modes = ["read-only"]
allowed_web_search_modes = []

[features]
browser_use = false
computer_use = false
memories = false
`,
      },
      {
        day: 40,
        by: 1,
        message: 'No compiler flags without review',
        text: `allowed_approval_policies = ["on-request"]
allowed_sandbox_modes = ["read-only"]
allowed_web_search_modes = []

[features]
browser_use = false
computer_use = false
memories = false

[rules]
prefix_rules = [
  { pattern = [{ any_of = ["west", "cmake"] }], decision = "prompt", justification = "Build settings are part of the certified configuration." },
  { pattern = [{ token = "git" }, { token = "push" }], decision = "forbidden", justification = "Only the release engineer pushes here." },
]
`,
      },
    ],
  },
  {
    name: 'Platform',
    description: 'People who run the machines may write in their workspace.',
    versions: [
      {
        day: 14,
        by: 3,
        message: 'Workspace writes, live search',
        text: `allowed_approval_policies = ["on-request", "never"]
allowed_sandbox_modes = ["read-only", "workspace-write"]
allowed_web_search_modes = ["cached", "live"]

[rules]
prefix_rules = [
  { pattern = [{ token = "terraform" }, { any_of = ["apply", "destroy"] }], decision = "prompt", justification = "Plan first, and let a second person see it." },
]
`,
      },
    ],
  },
  {
    name: 'CI runners',
    description: 'Nobody is there to approve anything.',
    versions: [
      {
        day: 20,
        by: 3,
        message: 'Runners: no questions, no network search',
        text: `allowed_approval_policies = ["never"]
allowed_sandbox_modes = ["read-only", "workspace-write"]
allowed_web_search_modes = []

[features]
browser_use = false
computer_use = false
`,
      },
      {
        day: 44,
        by: 4,
        message: 'No pushes from a runner',
        text: `allowed_approval_policies = ["never"]
allowed_sandbox_modes = ["read-only", "workspace-write"]
allowed_web_search_modes = []

[features]
browser_use = false
computer_use = false

[rules]
prefix_rules = [
  { pattern = [{ token = "git" }, { token = "push" }], decision = "forbidden", justification = "Runners open pull requests through the bot, never by pushing." },
]
`,
      },
    ],
  },
  {
    name: 'Contractors',
    description: 'Short terms, little access.',
    versions: [
      {
        day: 26,
        by: 1,
        message: 'Read-only, no servers of any kind',
        text: `allowed_approval_policies = ["on-request"]
allowed_sandbox_modes = ["read-only"]
allowed_web_search_modes = []
mcp_servers = {}

[rules]
prefix_rules = [
  { pattern = [{ any_of = ["scp", "rsync", "curl", "wget"] }], decision = "forbidden", justification = "Contractors move no files by hand." },
]
`,
      },
    ],
  },
]

/** A draft that was begun and not published yet, so that the editor has something to say. */
export const openDraft = {
  policy: 'Kestrel baseline',
  by: 2,
  text: baseline3.replace('["read-only", "workspace-write"]', '["workspace-write"]'),
} as const

/** A version that is on its way to a part of its people first. */
export const openRollout = {
  policy: 'Platform',
  by: 3,
  day: 53,
  message: 'Prompt before kubectl changes a cluster',
  percent: 40,
  text: `allowed_approval_policies = ["on-request", "never"]
allowed_sandbox_modes = ["read-only", "workspace-write"]
allowed_web_search_modes = ["cached", "live"]

[rules]
prefix_rules = [
  { pattern = [{ token = "terraform" }, { any_of = ["apply", "destroy"] }], decision = "prompt", justification = "Plan first, and let a second person see it." },
  { pattern = [{ token = "kubectl" }, { any_of = ["apply", "delete", "scale"] }], decision = "prompt", justification = "Name the cluster out loud before you say yes." },
]
`,
} as const

/** In order: the first that matches decides. */
export const rules: readonly {
  readonly group: string
  readonly policy: string
  readonly day: number
}[] = [
  { group: 'Contractors', policy: 'Contractors', day: 26 },
  { group: 'Flight software', policy: 'Flight software', day: 12 },
  { group: 'CI runners', policy: 'CI runners', day: 20 },
  { group: 'Platform', policy: 'Platform', day: 14 },
]

export const enrolments: readonly {
  readonly name: string
  readonly group: string | null
  readonly day: number
  /** Fetches a working day. */
  readonly daily: number
  readonly revokedOn?: number
}[] = [
  { name: 'Laptops', group: null, day: 4, daily: 38 },
  { name: 'Flight lab', group: 'Flight software', day: 13, daily: 9 },
  { name: 'Build runners', group: 'CI runners', day: 21, daily: 64 },
  { name: 'Trade fair loaners', group: 'Contractors', day: 27, daily: 3, revokedOn: 41 },
]

const terminal = (system: string) => `codex_cli_rs/0.169.0 (${system}) xterm-256color`
const editor = (system: string) => `codex_vscode/0.169.0 (${system}) vscode/1.119.2`
const mac = 'Mac OS 26.1.0; arm64'
const debian = 'Debian 13.2.0; x86_64'
const ubuntu = 'Ubuntu 26.4.0; x86_64'

/** Who signed a client in herself, how, and what became of it. */
export const devices: readonly {
  /** The number of the person in the company. */
  readonly person: number
  readonly day: number
  readonly way: 'code' | 'browser' | 'device'
  readonly agent: string
  readonly end?: {
    readonly day: number
    readonly by: 'logout' | 'admin' | 'copy'
  }
}[] = [
  // The configuration server names itself without a version (Codex 0.169).
  { person: 1, day: 29, way: 'code', agent: 'codex-cli' },
  { person: 0, day: 30, way: 'code', agent: 'codex-cli' },
  { person: 3, day: 30, way: 'code', agent: 'codex-cli' },
  { person: 3, day: 36, way: 'device', agent: terminal(debian), end: { day: 51, by: 'admin' } },
  { person: 5, day: 33, way: 'code', agent: 'codex-cli' },
  { person: 6, day: 33, way: 'browser', agent: editor(mac) },
  { person: 9, day: 34, way: 'device', agent: terminal(ubuntu) },
  { person: 11, day: 34, way: 'browser', agent: editor(mac) },
  { person: 12, day: 37, way: 'device', agent: terminal(debian), end: { day: 44, by: 'logout' } },
  { person: 12, day: 44, way: 'code', agent: 'codex-cli' },
  { person: 14, day: 37, way: 'code', agent: 'codex-cli' },
  { person: 17, day: 40, way: 'device', agent: terminal(ubuntu), end: { day: 48, by: 'copy' } },
  { person: 17, day: 49, way: 'device', agent: terminal(ubuntu) },
  { person: 20, day: 41, way: 'browser', agent: editor(ubuntu) },
  { person: 26, day: 43, way: 'code', agent: 'codex-cli' },
  // Suspended on day 47 and archived on day 52.
  { person: 34, day: 43, way: 'device', agent: terminal(mac) },
  { person: 57, day: 44, way: 'code', agent: 'codex-cli' },
  { person: 55, day: 48, way: 'browser', agent: editor(debian) },
]

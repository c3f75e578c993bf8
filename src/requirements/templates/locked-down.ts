import type { Template } from './template.ts'

export const LOCKED_DOWN: Template = {
  id: 'locked-down',
  name: 'Locked down',
  about: 'The agent reads and proposes; a person agrees to everything else.',
  for: 'People who try coding agents for the first time, and code that must not be changed by one.',
  does: [
    'Everything runs in a sandbox that may read but not write; leaving it is asked about each time.',
    'Commands that send something elsewhere or become another user are refused.',
    'No MCP servers, apps, plugins, browser, computer use or web search.',
    'Sandboxed commands cannot read keys and credentials in the usual folders.',
  ],
  doesNot: [
    'It does not stop a person who agrees to what the agent asks for: that command runs outside of the sandbox.',
    'It does not choose a model.',
    'It does not keep the agent from reading the rest of the disk.',
  ],
  text: `# Locked down: the agent reads and proposes, a person agrees to everything else.

# Ask a person before leaving the sandbox. Nobody can switch asking off.
allowed_approval_policies = ["on-request"]

# Only people approve, never an automatic reviewer.
allowed_approvals_reviewers = ["user"]

# The sandbox may read but not write. Add "workspace-write" to let it edit files.
allowed_sandbox_modes = ["read-only"]

# No web search.
allowed_web_search_modes = ["disabled"]

# Hooks of people, projects and plugins do not run.
allow_managed_hooks_only = true

# Neither the browser nor other programs are operated by the agent.
allow_browser_and_computer_use = false

# No pictures of other programs.
allow_appshots = false

# The client cannot be operated from another device.
allow_remote_control = false

[rules]
# Of all rules that match, the strictest holds.
prefix_rules = [
  # Becoming another user.
  { pattern = [{ any_of = ["sudo", "su", "doas"] }], decision = "forbidden", justification = "The agent works with your own rights only." },
  # Sending something elsewhere.
  { pattern = [{ any_of = ["curl", "wget", "ssh", "scp", "rsync"] }], decision = "forbidden", justification = "Fetch it yourself, and give the agent the file." },
  # Publishing what was written.
  { pattern = [{ token = "git" }, { token = "push" }], decision = "forbidden", justification = "Push it yourself after a look at the changes." },
]

[features]
# Connectors to other services.
apps = false
# Bundles of skills and servers that people install.
plugins = false
# What the agent would keep from one session for the next.
memories = false

# Present and empty: no MCP server at all.
[mcp_servers]

[marketplaces]
# Present without a source: plugins come from nowhere but the vendor.
restrict_to_allowed_sources = true

[permissions.filesystem]
# Keys and credentials that the agent must not see.
deny_read = ["~/.ssh", "~/.gnupg", "~/.aws", "~/.kube", "~/.netrc"]
`,
}

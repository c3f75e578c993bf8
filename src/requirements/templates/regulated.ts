import type { Template } from './template.ts'

export const REGULATED: Template = {
  id: 'regulated',
  name: 'Regulated',
  about:
    'Editing inside the project, with a person’s consent and named places for everything that leaves it.',
  for: 'Teams that answer to an auditor: finance, health, government.',
  does: [
    'The agent edits the project in a sandbox; a person, not a program, agrees to anything beyond.',
    'Sandboxed commands reach only the domains that this policy names.',
    'No MCP servers, apps, plugins, memories, browser, computer use, web search or feedback to the vendor.',
    'Every session is told the rules for data in its instructions.',
    'Sandboxed commands cannot read keys and credentials in the usual folders.',
  ],
  doesNot: [
    'It does not say where the vendor processes data; `enforce_residency` does, and is left for you to decide.',
    'It does not record anything by itself; switch telemetry on for that.',
    'It does not bind what the model answers: instructions are a request, not a limit.',
  ],
  text: `# Regulated: a person agrees, and only named places are reached.

# Ask before leaving the sandbox. Nobody can switch asking off.
allowed_approval_policies = ["on-request"]

# Only people approve, so that each approval has a name.
allowed_approvals_reviewers = ["user"]

# Looking only, or editing the project; never without a sandbox.
allowed_sandbox_modes = ["read-only", "workspace-write"]

# No web search: what is searched for would leave the company.
allowed_web_search_modes = ["disabled"]

# Where the service handles your data. Take the mark away if your contract says so.
# enforce_residency = "us"

# Given to the agent in every session. A request, not a limit.
additional_developer_instructions = """
Never write personal data, secrets or customer names into code, comments, tests or commit messages.
Use made-up data in tests."""

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
  { pattern = [{ any_of = ["curl", "wget", "ssh", "scp", "rsync"] }], decision = "prompt", justification = "Does any data of customers leave with this?" },
  # Changing what others see.
  { pattern = [{ token = "git" }, { token = "push" }], decision = "prompt", justification = "Have a look at the changes before they are pushed." },
  # Publishing a package.
  { pattern = [{ any_of = ["npm", "pnpm", "yarn", "cargo"] }, { token = "publish" }], decision = "forbidden", justification = "Releases are made by the pipeline." },
  # Changing live systems.
  { pattern = [{ any_of = ["terraform", "tofu", "kubectl", "helm"] }], decision = "forbidden", justification = "Live systems are changed by the pipeline." },
]

[features]
# Connectors to other services.
apps = false
# Bundles of skills and servers that people install.
plugins = false
# What the agent would keep from one session for the next.
memories = false

[experimental_network]
# These limits count; they never grant network where the sandbox has none.
enabled = true
# Domains that people allow for themselves do not count.
managed_allowed_domains_only = true

[experimental_network.domains]
# Your own hosts: put your domain in place of this one.
"**.example.com" = "allow"

# Present and empty: no MCP server at all. Name those that were reviewed.
[mcp_servers]

[marketplaces]
# Present without a source: plugins come from nowhere but the vendor.
restrict_to_allowed_sources = true

[feedback]
# Nothing of a session is sent to the vendor as feedback.
enabled = false

[permissions.filesystem]
# Keys and credentials that the agent must not see.
deny_read = ["~/.ssh", "~/.gnupg", "~/.aws", "~/.kube", "~/.netrc"]
`,
}

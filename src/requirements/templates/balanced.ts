import type { Template } from './template.ts'

export const BALANCED: Template = {
  id: 'balanced',
  name: 'Balanced',
  about: 'The agent works freely inside the project and asks before it reaches beyond.',
  for: 'Most development teams.',
  does: [
    'The agent edits files of the project without asking, in a sandbox; beyond that it asks.',
    'Pushing, publishing, deleting and changing live systems is asked about.',
    'People may let the automatic reviewer answer in their place.',
    'Sandboxed commands cannot read keys and credentials in the usual folders.',
  ],
  doesNot: [
    'It does not limit MCP servers, apps and plugins.',
    'It does not limit the network where a person lets a command leave the sandbox.',
    'It does not see commands inside of scripts: a rule on `git push` does not know a script that pushes.',
  ],
  text: `# Balanced: free inside the project, a question before anything beyond.

# Ask before leaving the sandbox. Nobody can switch asking off.
allowed_approval_policies = ["on-request"]

# People approve; who wants to may leave it to the automatic reviewer.
allowed_approvals_reviewers = ["user", "auto_review"]

# Looking only, or editing the project; never without a sandbox.
allowed_sandbox_modes = ["read-only", "workspace-write"]

# Searching goes by the vendor's stored pages and not to sites themselves.
allowed_web_search_modes = ["cached"]

# The client cannot be operated from another device.
allow_remote_control = false

[rules]
# Of all rules that match, the strictest holds.
prefix_rules = [
  # Becoming another user.
  { pattern = [{ any_of = ["sudo", "su", "doas"] }], decision = "forbidden", justification = "The agent works with your own rights only." },
  # Changing what others see.
  { pattern = [{ token = "git" }, { token = "push" }], decision = "prompt", justification = "Have a look at the changes before they are pushed." },
  # Publishing a package.
  { pattern = [{ any_of = ["npm", "pnpm", "yarn", "cargo"] }, { token = "publish" }], decision = "prompt", justification = "Publishing cannot be taken back." },
  # Changing live systems.
  { pattern = [{ any_of = ["terraform", "tofu"] }, { any_of = ["apply", "destroy"] }], decision = "prompt", justification = "This changes live systems." },
  { pattern = [{ any_of = ["kubectl", "helm"] }, { any_of = ["apply", "delete", "install", "upgrade", "uninstall"] }], decision = "prompt", justification = "This changes live systems." },
  # Deleting whole folders.
  { pattern = [{ token = "rm" }, { any_of = ["-r", "-rf", "-fr", "-R"] }], decision = "prompt", justification = "Deleted files do not come back." },
]

[permissions.filesystem]
# Keys and credentials that the agent must not see.
deny_read = ["~/.ssh", "~/.gnupg", "~/.aws", "~/.kube", "~/.netrc"]
`,
}

import type { Template } from './template.ts'

export const CI_RUNNERS: Template = {
  id: 'ci-runners',
  name: 'CI runners',
  about: 'Runs that nobody watches: nothing is asked, so what is not allowed is refused.',
  for: 'Machines that run the agent in a pipeline, enrolled as a fleet.',
  does: [
    'The agent never asks; what the sandbox does not let through fails.',
    'It edits the checkout, and nothing beyond.',
    'Pushing, publishing and deploying are refused: the steps of the pipeline do that.',
    'No MCP servers, apps, plugins, memories, browser, computer use or web search.',
  ],
  doesNot: [
    'It does not make a runner safe that has secrets in its environment; keep them out of that step.',
    'It does not see commands inside of scripts.',
    'It is not for people: on a laptop `never` would mean that nothing is asked.',
  ],
  text: `# CI runners: nobody is there to ask, so what is not allowed is refused.

# Never ask. On a machine with a person in front of it, use "on-request".
allowed_approval_policies = ["never"]

# Looking only, or editing the checkout; never without a sandbox.
allowed_sandbox_modes = ["read-only", "workspace-write"]

# No web search: a run must not depend on what the web says today.
allowed_web_search_modes = ["disabled"]

# The version of the client is part of the image.
check_for_update_on_startup = false

# Hooks of projects and plugins do not run.
allow_managed_hooks_only = true

# Neither the browser nor other programs are operated by the agent.
allow_browser_and_computer_use = false

# The client cannot be operated from another device.
allow_remote_control = false

[rules]
# With nobody to ask, "prompt" would be a refusal as well; "forbidden" says so.
prefix_rules = [
  # Becoming another user.
  { pattern = [{ any_of = ["sudo", "su", "doas"] }], decision = "forbidden", justification = "The step has the rights it needs." },
  # Changing what others see.
  { pattern = [{ token = "git" }, { token = "push" }], decision = "forbidden", justification = "Pushing is a step of the pipeline." },
  # Publishing a package.
  { pattern = [{ any_of = ["npm", "pnpm", "yarn", "cargo"] }, { token = "publish" }], decision = "forbidden", justification = "Publishing is a step of the pipeline." },
  # Changing live systems.
  { pattern = [{ any_of = ["terraform", "tofu", "kubectl", "helm"] }], decision = "forbidden", justification = "Deploying is a step of the pipeline." },
]

[features]
# Connectors to other services.
apps = false
# Bundles of skills and servers that people install.
plugins = false
# What one run would keep for the next.
memories = false

# Present and empty: no MCP server at all.
[mcp_servers]
`,
}

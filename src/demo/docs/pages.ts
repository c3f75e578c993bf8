/**
 * The documentation of Halyard, a coding agent that does not exist, as it stood on the first day. Written for the demo: no
 * sentence of it is a vendor's.
 */
export const firstDay: Readonly<Record<string, string>> = {
  index: `# Halyard

Halyard is a coding agent for the terminal. It reads your repository, proposes changes and, where
you let it, runs commands.

- [Install](install) it on a laptop or a build machine.
- [Sign in](sign-in) with your organisation.
- [Admins](admin/setup) decide what it may do.
`,
  install: `# Install

Halyard runs on Linux, macOS and Windows.

## Linux and macOS

\`\`\`sh
curl -fsSL https://halyard.example/install.sh | sh
halyard --version
\`\`\`

## Windows

Download the installer, or use a package manager.

| System  | Package        | Architecture |
| ------- | -------------- | ------------ |
| Linux   | tarball, deb   | x86_64, arm64 |
| macOS   | pkg            | arm64        |
| Windows | msi            | x86_64       |

## Update

Halyard looks for a new version once a day. \`halyard update\` looks at once.
`,
  'sign-in': `# Sign in

Halyard needs to know who you are before it talks to a model.

## In a browser

\`halyard login\` opens your browser. After you have signed in, the terminal goes on by itself.

## On a machine without a browser

\`halyard login --device\` prints a code. Open the address on another machine, type the code, and
confirm that the code is the one you see in the terminal.

## Sign out

\`halyard logout\` removes the tokens from this machine. It does not end sessions elsewhere.
`,
  'cli/commands': `# Commands

## \`halyard\`

Starts a session in the current folder.

## \`halyard exec\`

Runs one task without asking and ends.

| Flag             | Default     | Meaning                        |
| ---------------- | ----------- | ------------------------------ |
| \`--model\`        | from config | the model to use               |
| \`--sandbox\`      | read-only   | how far commands may reach     |
| \`--ask\`          | on-request  | when you are asked             |

## \`halyard resume\`

Goes on with the last session of this folder.
`,
  'cli/approvals': `# Approvals and the sandbox

Before a command leaves the sandbox, Halyard asks.

## Sandbox modes

- \`read-only\`: commands may look, and change nothing.
- \`workspace-write\`: commands may change files below the current folder.
- \`danger-full-access\`: no limits. Use it in a container that you can throw away.

## When you are asked

With \`untrusted\` Halyard asks for every command that is not known to be harmless. With
\`on-request\` the model asks when it needs more than the sandbox gives.
`,
  'admin/setup': `# Admin setup

This page is for those who roll Halyard out in an organisation.

## Turn it on

Open the settings of your workspace and switch on **Halyard local**. Members can then sign in from
the terminal.

## Choose who may use it

Give the role *User* to the groups that may use Halyard. Everybody else sees an error when signing
in.

## Write a policy

See [Policies](policies).

![The switch in the settings](/images/admin-switch.png)
`,
  'admin/policies': `# Policies

A policy is a \`requirements.toml\`: what it fixes, nobody can change on their machine.

## A first policy

\`\`\`toml
allowed_approval_policies = ["untrusted", "on-request"]
allowed_sandbox_modes = ["read-only", "workspace-write"]
\`\`\`

## Groups

Rules are tried from the top. The first whose group somebody is in applies, whole.

## What the client does

The client fetches its policy when it starts and keeps it for an hour.
`,
  'admin/telemetry': `# Telemetry

Halyard can send what it does to a collector of yours.

\`\`\`toml
[otel]
environment = "production"
\`\`\`

Prompts are left out unless you ask for them.
`,
  changelog: `# Changelog

## 1.8

- \`halyard resume\` finds sessions of other branches.
- Fewer questions about \`git status\`.

## 1.7

- Windows on arm64 is no longer built.
`,
}

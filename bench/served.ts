import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { workspaceWith, type Prepared } from './bundle.workspace.ts'
import { freePort, servedWith } from './measure.ts'

export const adminKey = 'bench-admin-key-of-more-than-32-characters'

/** The product in a process of its own, on SQLite unless `more` names another database, with a workspace in which a hundred enrolments take five policies by twenty rules. */
export async function startServed(
  data: string,
  more: Readonly<Record<string, string | undefined>> = {},
): Promise<Pick<Prepared, 'paths'> & { readonly server: ChildProcess; readonly base: string }> {
  const port = await freePort()
  const base = `http://127.0.0.1:${port}`
  const server = fork(join(import.meta.dirname, 'bundle.ours.ts'), {
    env: {
      ...process.env,
      GATEHOUSE_DATA: data,
      GATEHOUSE_LISTEN: `127.0.0.1:${port}`,
      GATEHOUSE_TLS_LISTEN: `127.0.0.1:${await freePort()}`,
      GATEHOUSE_LOG_LEVEL: 'warn',
      GATEHOUSE_INIT_OWNER_EMAIL: 'bench@acme.example',
      GATEHOUSE_INIT_OWNER_PASSWORD: 'nine green benches by the river',
      GATEHOUSE_INIT_ADMIN_KEY: adminKey,
      ...more,
    },
    execArgv: [...servedWith],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  try {
    await once(server, 'message')
    const { paths } = await workspaceWith(base, adminKey, {
      groups: 50,
      rules: 20,
      enrolments: 100,
      policies: 5,
    })
    return { server, base, paths }
  } catch (error) {
    server.kill('SIGKILL')
    throw error
  }
}

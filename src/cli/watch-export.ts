/** `gatehouse watch export`: a collection as a git repository. */
import { existsSync, mkdirSync } from 'node:fs'
import { apiStream } from './api.ts'
import { git, gitTakes, requireGit } from './watch-git.ts'

/**
 * Writes the history of a collection to the branch `main` of a repository, which is made when there is none. The same
 * history gives the same commits, so a second export goes on where the first one ended. Returns the newest commit.
 */
export async function exportHistory(collection: string, repository: string): Promise<string> {
  await requireGit()
  if (!existsSync(repository)) mkdirSync(repository, { recursive: true })
  const known = await git(repository, 'rev-parse', '--git-dir').catch(() => null)
  if (known === null) await git(repository, 'init', '--quiet', '--initial-branch=main')
  const stream = await apiStream(`/api/v1/watch/${collection}/export?format=git`)
  await gitTakes(repository, stream as AsyncIterable<Buffer>, 'fast-import', '--quiet')
  const bare = (await git(repository, 'rev-parse', '--is-bare-repository')) === 'true'
  const branch = await git(repository, 'symbolic-ref', '--quiet', '--short', 'HEAD').catch(() => '')
  if (!bare && branch === 'main') await git(repository, 'reset', '--quiet', '--hard', 'main')
  return git(repository, 'rev-parse', 'main')
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { HistoryCommit } from './git-history.ts'

/** Writes commits into an empty bare repository, as its branch `main`. */
export async function writeHistory(
  repository: string,
  commits: Iterable<HistoryCommit>,
): Promise<void> {
  const child = spawn('git', ['-C', repository, 'fast-import', '--quiet'], {
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  const ended = once(child, 'close')
  const data = (bytes: Buffer): void => {
    child.stdin.write(`data ${bytes.length}\n`)
    child.stdin.write(bytes)
    child.stdin.write('\n')
  }
  for (const { at, message, files } of commits) {
    child.stdin.write(`commit refs/heads/main\ncommitter a <a@b> ${Math.floor(at / 1000)} +0000\n`)
    data(Buffer.from(message))
    for (const { path, blob } of files) {
      const quoted = JSON.stringify(path)
      if (blob === null) child.stdin.write(`D ${quoted}\n`)
      else {
        child.stdin.write(`M 100644 inline ${quoted}\n`)
        data(blob)
      }
    }
  }
  child.stdin.end()
  const [code] = (await ended) as [number]
  if (code !== 0) throw new Error('git fast-import failed.')
}

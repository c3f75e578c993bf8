/** A collection's history in the words of `git fast-import` (git-fast-import(1)). */
import { readText } from '../archive/index.ts'
import type { WatchParts } from '../parts.ts'
import type { CollectionRow, SnapshotRow } from '../read/load.ts'
import { pagesIn, snapshotsAfter } from './store.ts'

const snapshotsAtOnce = 50
/** A piece is handed on when it is this large. */
const pieceBytes = 64 * 1024

/** Nobody in particular, so that two exports of one history are the same repository. */
const committer = 'Gatehouse <watch@gatehouse.invalid>'

/**
 * The stream in pieces; a slow reader keeps it waiting. Texts are read one after the other, so memory holds one page.
 */
export async function* fastImport(
  parts: WatchParts,
  collection: CollectionRow,
): AsyncGenerator<Uint8Array> {
  let pieces: Buffer[] = [Buffer.from('feature done\nreset refs/heads/main\n\n')]
  let size = 0
  const put = (bytes: Buffer): void => {
    pieces.push(bytes)
    size += bytes.length
  }
  const { db } = parts.runtime
  let moment = -1
  for (;;) {
    const from = moment
    const some = await db.read(() => snapshotsAfter(collection.id, from, snapshotsAtOnce))
    for (const snapshot of some) {
      moment = snapshot.moment
      put(Buffer.from(commitHead(collection, snapshot)))
      for (const { path, text_id } of await db.read(() => pagesIn(snapshot.id))) {
        if (text_id === null) put(Buffer.from(`D ${quoted(`${path}.md`)}\n`))
        else {
          const text = Buffer.from(await readText(parts.runtime, text_id))
          put(Buffer.from(`M 100644 inline ${quoted(`${path}.md`)}\ndata ${text.length}\n`))
          put(text)
          put(Buffer.from('\n'))
        }
        if (size >= pieceBytes) {
          yield Buffer.concat(pieces)
          pieces = []
          size = 0
        }
      }
      put(Buffer.from('\n'))
    }
    if (some.length < snapshotsAtOnce) break
  }
  yield Buffer.concat([...pieces, Buffer.from('done\n')])
}

function commitHead(collection: CollectionRow, s: SnapshotRow): string {
  const size = `${s.pages} ${s.pages === 1 ? 'page' : 'pages'}, +${s.added} −${s.removed}`
  const message = Buffer.from(`${collection.path} ${s.stamp}: ${size}\n`)
  const seconds = Math.floor(s.at / 1000)
  return `commit refs/heads/main\ncommitter ${committer} ${seconds} +0000\ndata ${message.length}\n${message.toString()}`
}

/** A path as git reads it: in quotes, C style, where it could be read as something else. */
const quoted = (path: string): string =>
  /^"|[\u0000-\u001f\\]/.test(path)
    ? `"${path.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`
    : path

import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ApiRefusal } from '../api.ts'
import { listFile } from './folder.ts'

/** Far above what the server takes; so that a wrong folder does not fill the memory. */
const longest = 2 * 1024 * 1024

/** The files of a policy folder, by path below it. Links are not followed. */
export function readFiles(folder: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  const read = (path: string) => {
    const info = lstatSync(join(folder, path), { throwIfNoEntry: false })
    if (!info?.isFile()) return
    if (info.size > longest)
      throw new ApiRefusal(`${join(folder, path)} has ${info.size} bytes; that is no policy.`)
    files.set(path, readFileSync(join(folder, path), 'utf8'))
  }
  read(listFile)
  if (lstatSync(join(folder, 'policies'), { throwIfNoEntry: false })?.isDirectory() === true)
    for (const name of readdirSync(join(folder, 'policies')).sort())
      if (name.endsWith('.toml')) read(`policies/${name}`)
  return files
}

/** A repository that somebody else wrote must not lead a pull out of its folder. */
function refuseLinks(folder: string, path: string): void {
  const there = lstatSync(join(folder, path), { throwIfNoEntry: false })
  if (there && !there.isFile())
    throw new ApiRefusal(`${join(folder, path)} is no file. Nothing was written; remove it first.`)
  const around = dirname(join(folder, path))
  // The folder itself may be a link: that is what was asked for.
  if (path === listFile || lstatSync(around, { throwIfNoEntry: false })?.isDirectory() !== false)
    return
  throw new ApiRefusal(`${around} is no folder. Nothing was written; remove it first.`)
}

/** Writes what differs and says what. Files with another text are only written over with `force`. */
export function writeFiles(
  folder: string,
  files: ReadonlyMap<string, string>,
  force: boolean,
): readonly string[] {
  const there = readFiles(folder)
  const other = [...files].filter(([path, text]) => there.get(path) !== text).map(([path]) => path)
  const lost = other.filter((path) => there.has(path))
  if (lost.length > 0 && !force)
    throw new ApiRefusal(
      `These files say something else than the server: ${lost.join(', ')}. Nothing was written. See gatehouse policy diff, or write over them with --force.`,
    )
  for (const path of other) refuseLinks(folder, path)
  for (const path of other) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), files.get(path) ?? '')
  }
  return other
}

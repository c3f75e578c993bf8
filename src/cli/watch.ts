import { defineCommand } from 'citty'
import type { CollectionHead, ImportState, Run, Snapshot } from '#features/watch/schema.ts'
import { api, ApiRefusal, apiStream, everything } from './api.ts'
import { print, printTable } from './print.ts'
import { exportHistory } from './watch-export.ts'
import { importHistory } from './watch-import.ts'

const collectionArg = {
  type: 'string',
  description: 'vendor/product/set/language, such as openai/codex/docs/en',
  required: true,
} as const
const json = { type: 'boolean', description: 'Print JSON' } as const

function address(collection: string): string {
  if (!/^[^/]+\/[^/]+\/[^/]+\/[^/]+$/.test(collection))
    throw new ApiRefusal('Write the collection as vendor/product/set/language.')
  return `/api/v1/watch/${collection.split('/').map(encodeURIComponent).join('/')}`
}

const list = defineCommand({
  meta: { name: 'list', description: 'What is watched; with --collection its snapshots' },
  args: { collection: { ...collectionArg, required: false }, json },
  async run({ args }) {
    if (args.collection !== undefined) {
      const path = `${address(args.collection)}/snapshots/all`
      const { items } = await api<{ items: Snapshot[] }>('GET', path)
      print(args.json, items, () =>
        printTable(
          items.map((s) => ({
            stamp: s.stamp,
            kind: s.kind,
            pages: s.pages,
            added: s.added,
            removed: s.removed,
          })),
        ),
      )
      return
    }
    const collections = await everything<CollectionHead>('/api/v1/watch/collections')
    print(args.json, collections, () =>
      printTable(
        collections.map((c) => ({
          collection: c.path,
          pages: c.pages,
          snapshots: c.snapshots,
          failing: c.failing,
          newest: c.lastSnapshot?.stamp ?? null,
          next: c.nextRunAt === null ? null : new Date(c.nextRunAt).toISOString(),
        })),
      ),
    )
  },
})

const check = defineCommand({
  meta: { name: 'check', description: 'Check a collection now' },
  args: { collection: collectionArg, json },
  async run({ args }) {
    const run = await api<Run>('POST', `${address(args.collection)}/check`)
    print(args.json, run, () => console.log(`The check ${run.id} is ${run.state}.`))
  },
})

const diff = defineCommand({
  meta: { name: 'diff', description: 'What changed between two snapshots, as a patch' },
  args: {
    from: { type: 'positional', description: 'A stamp, such as 2026-04-01-1200', required: true },
    to: { type: 'positional', description: 'A later stamp', required: true },
    collection: collectionArg,
    page: { type: 'string', description: 'Only this page' },
  },
  async run({ args }) {
    const base = address(args.collection)
    const pages =
      args.page === undefined
        ? (await everything<{ page: string }>(`${base}/changes/${args.from}/${args.to}`)).map(
            (c) => c.page,
          )
        : [args.page]
    for (const page of pages) {
      const query = `page=${encodeURIComponent(page)}&format=patch&formatting=shown&ignored=shown`
      const answer = await apiStream(`${base}/diff/${args.from}/${args.to}?${query}`)
      for await (const piece of answer) process.stdout.write(piece as Buffer)
    }
  },
})

const importCommand = defineCommand({
  meta: {
    name: 'import',
    description: 'Take in the git history of documentation; run again, it goes on where it ended',
  },
  args: {
    git: { type: 'string', description: 'A repository on this machine', required: true },
    folder: { type: 'string', description: 'Only what is below it' },
    branch: { type: 'string', description: 'Default: what is checked out' },
    collection: collectionArg,
    create: { type: 'boolean', description: 'Make the collection when there is none' },
    json,
  },
  async run({ args }) {
    address(args.collection)
    const state = await importHistory({
      repository: args.git,
      folder: args.folder ?? '',
      branch: args.branch ?? null,
      collection: args.collection,
      create: args.create === true,
    })
    print(args.json, state, () => console.log(sentence(state)))
  },
})

const sentence = (state: ImportState): string =>
  `${state.received} commits are in, with ${state.versions} versions of pages.` +
  (state.leftOut === 0
    ? ''
    : ` ${state.leftOut} files were left out: no text could be made of them.`)

const exportCommand = defineCommand({
  meta: { name: 'export', description: 'Write a collection with its history as a git repository' },
  args: {
    collection: collectionArg,
    git: { type: 'string', description: 'The repository; made when there is none', required: true },
  },
  async run({ args }) {
    address(args.collection)
    const commit = await exportHistory(args.collection, args.git)
    console.log(`${args.git} has the history on main, the newest commit is ${commit}.`)
  },
})

const verify = defineCommand({
  meta: { name: 'verify', description: 'Read every stored version of a collection and check it' },
  args: { collection: collectionArg, json },
  async run({ args }) {
    const found = await api<{
      checked: number
      damaged: { kind: string; id: string; page: string | null }[]
    }>('GET', `${address(args.collection)}/integrity`)
    print(args.json, found, () => {
      console.log(`${found.checked} are checked, ${found.damaged.length} are damaged.`)
      if (found.damaged.length > 0) printTable(found.damaged)
    })
    if (found.damaged.length > 0) process.exitCode = 1
  },
})

export const watch = defineCommand({
  meta: { name: 'watch', description: 'Watched documentation' },
  subCommands: { list, check, diff, import: importCommand, export: exportCommand, verify },
})

import { parse } from 'parse5'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cookieOf, signIn } from '../signin.ts'
import { makeHistory } from '../watch-history.ts'
import { owner, startWorld, type Answer, type World } from '../world.ts'

const day = 86_400_000
const start = Date.UTC(2026, 2, 1, 6, 30)
const hostile = '<script>alert(1)</script>[x](javascript:alert(1))'

let world: World
let cookie: string
let stamps: string[]
beforeAll(async () => {
  world = await startWorld()
  cookie = cookieOf(await signIn(world, owner.email, owner.password))
  const closed = await makeHistory(world.app.runtime, 'acme/cli/docs/en')
  const open = await makeHistory(world.app.runtime, 'acme/site/docs/en', { visibility: 'public' })
  const made = []
  for (const history of [closed, open])
    made.push(
      await history.at(start, { 'a/guide': `# Guide\n\nOne word.\n\n${hostile}\n`, other: 'x\n' }),
      await history.at(start + day, { 'a/guide': `# Guide\n\nTwo words.\n\n${hostile} & more\n` }),
    )
  stamps = made.map(({ stamp }) => stamp).slice(0, 2)
})
afterAll(() => world.close())

const read = (path: string, as?: string): Promise<Answer> =>
  world.call('GET', `${path}${path.includes('?') ? '&' : '?'}plain=1`, as ? { cookie: as } : {})
const root = '/watch/acme/cli/docs/en'
const step = () => `${stamps[0] ?? ''}..${stamps[1] ?? ''}`
const pair = () => `${stamps[0] ?? ''}/${stamps[1] ?? ''}`

describe('pages without JavaScript', () => {
  it('lead by links from the list of collections to the diff of a page', async () => {
    const list = await read('/watch', cookie)
    expect(list.text).toContain(`href="${root}?plain=1"`)
    const collection = await read(root, cookie)
    expect(collection.text).toContain(`href="${root}/${step()}?plain=1"`)
    expect(collection.text).toContain(`href="${root}/a/guide?plain=1"`)
    const set = await read(`${root}/${step()}`, cookie)
    expect(set.text).toContain(`href="${root}/a/guide/diff/${pair()}?plain=1"`)
    const diff = await read(`${root}/a/guide/diff/${pair()}`, cookie)
    expect(diff.text).toContain('<td class="gh-diff-text" data-side="added">')
    expect(diff.text).toContain('id="R3"')
    for (const { status } of [list, collection, set, diff]) expect(status).toBe(200)
  })

  it('are whole documents that hold nothing which runs', async () => {
    for (const path of [root, `${root}/a/guide`, `${root}/a/guide/diff/${pair()}?context=all`]) {
      const { text, headers } = await read(path, cookie)
      expect(headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; img-src 'self'; style-src 'self'; font-src 'self'; base-uri 'none'/,
      )
      const seen = elements(text)
      expect(seen.names.has('main')).toBe(true)
      for (const name of ['script', 'style', 'iframe', 'img'])
        expect(seen.names).not.toContain(name)
      expect(seen.attributes.filter((a) => a.startsWith('on') || a === 'style')).toEqual([])
      expect(seen.links.filter((link) => /^\s*javascript:/i.test(link))).toEqual([])
    }
  })

  it('take two moments out of a form, in any order', async () => {
    const chosen = await read(`${root}?from=${stamps[1] ?? ''}&to=${stamps[0] ?? ''}`, cookie)
    expect([chosen.status, chosen.headers.get('location')]).toEqual([
      303,
      `${root}/${step()}?plain=1`,
    ])
    const page = await read(
      `${root}/a/guide?from=${stamps[0] ?? ''}&to=${stamps[1] ?? ''}&view=unified&x=1`,
      cookie,
    )
    expect(page.headers.get('location')).toBe(`${root}/a/guide/diff/${pair()}?plain=1&view=unified`)
  })

  it('find lines, also those that went', async () => {
    const now = await read(`${root}?find=word`, cookie)
    expect(now.text).toContain('No line says that.')
    const ever = await read(`${root}?find=%22one+word%22&scope=ever`, cookie)
    expect(ever.text).toContain('<code>One word.</code>')
    expect(ever.text).toContain(`href="${root}/a/guide?plain=1&amp;at=${stamps[0] ?? ''}"`)
  })

  it('of a collection for members ask strangers to sign in, whether it exists or not', async () => {
    for (const path of [root, '/watch/acme/none/docs/en', `${root}/a/guide`]) {
      const answer = await read(path)
      expect(answer.status).toBe(401)
      expect(answer.text).not.toContain('Title of')
    }
    expect((await read('/watch')).text).not.toContain(root)
  })

  it('of a public collection are for everybody', async () => {
    const list = await read('/watch')
    expect(list.text).toContain('href="/watch/acme/site/docs/en?plain=1"')
    const diff = await read(`/watch/acme/site/docs/en/a/guide/diff/${pair()}`)
    expect(diff.text).toContain('removed: </span>One word.')
  })

  it('say so when there is nothing', async () => {
    for (const path of [
      `${root}/none`,
      `${root}/2020-01-01-0000..${stamps[0] ?? ''}`,
      '/watch/x',
    ]) {
      const answer = await read(path, cookie)
      expect(answer.status).toBe(404)
      expect(answer.headers.get('content-type')).toContain('text/html')
    }
  })

  it('have their style sheet, and leave the other addresses to the screens', async () => {
    const css = await world.call('GET', '/plain.css')
    expect(css.headers.get('content-type')).toContain('text/css')
    expect((await world.call('GET', root, { cookie })).text).not.toContain('plain.css')
  })
})

interface Node {
  readonly nodeName: string
  readonly attrs?: readonly { readonly name: string; readonly value: string }[]
  readonly childNodes?: readonly Node[]
}

/** Everything that a browser would see in a document. */
function elements(text: string) {
  const names = new Set<string>()
  const attributes: string[] = []
  const links: string[] = []
  const walk = (node: Node): void => {
    names.add(node.nodeName)
    for (const { name, value } of node.attrs ?? []) {
      attributes.push(name)
      if (name === 'href' || name === 'src' || name === 'action') links.push(value)
    }
    for (const child of node.childNodes ?? []) walk(child)
  }
  walk(parse(text))
  return { names, attributes, links }
}

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectDirectory, oktaUser, patchOp, type Provider } from '../scim.ts'
import { startWorld, type World } from '../world.ts'

// Whatever is sent to the addresses of a directory gets an answer that says what is wrong with it, and never a 500
// (OWASP ASVS 4.0.3, 5.1.3, 13.1.3).

let world: World
let okta: Provider
let user: string
let group: string

beforeAll(async () => {
  world = await startWorld()
  okta = await connectDirectory(world, { name: 'Okta', adopts: true })
  user = (await okta.ask('POST', '/Users', oktaUser('ada'))).json.id as string
  const members = [{ value: user }]
  group = (await okta.ask('POST', '/Groups', { displayName: 'Core', members })).json.id as string
})
afterAll(() => world.close())

/** As it goes over the wire, so that it need not be JSON. */
const send = (method: string, path: string, body?: string, headers: object = {}) =>
  world.call(method, `/scim/v2${path}`, {
    key: okta.token,
    headers: { 'content-type': 'application/scim+json', ...headers },
    ...(body === undefined ? {} : { body }),
  })

const places = () =>
  [
    ['POST', '/Users'],
    ['PUT', `/Users/${user}`],
    ['PATCH', `/Users/${user}`],
    ['POST', '/Groups'],
    ['PUT', `/Groups/${group}`],
    ['PATCH', `/Groups/${group}`],
  ] as const

const names = ['userName', 'emails', 'name', 'active', 'displayName', 'externalId', 'members', 'schemas', 'value', 'type', 'primary', '__proto__', 'id', 'meta', 'groups'] // prettier-ignore
const paths = ['members', 'members[value eq "x"]', 'emails[type eq "work"].value', 'emails[type eq "work"]', 'name.familyName', 'active', 'name', 'emails', '', 'schemas', 'id'] // prettier-ignore

const { anything } = fc.letrec((tie) => ({
  anything: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(
      fc.constantFrom(...names, ...paths, 'add', 'a@acme.example', true, false, null),
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.double(),
    ),
    fc.array(tie('anything'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...names), tie('anything'), { maxKeys: 5 }),
  ),
}))
const wrongly = fc.dictionary(fc.constantFrom(...names), anything, { minKeys: 1, maxKeys: 2 })
const wrongOperations = fc.array(
  fc.record(
    {
      op: fc.constantFrom('add', 'Replace', 'remove'),
      path: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...paths) }, anything),
      value: anything,
    },
    { requiredKeys: ['op'] },
  ),
  { minLength: 1, maxLength: 3 },
)

const deep = (open: string, close: string): string => open.repeat(5000) + close.repeat(5000)

describe('a body', () => {
  it.each([
    ['nothing', ''],
    ['no JSON', '{"userName": "x'],
    ['null', 'null'],
    ['a number', '1e400'],
    ['a text', '"userName"'],
    ['a list', '[{"userName":"x@acme.example"}]'],
    ['lists in lists', deep('[', ']')],
    ['objects in objects', deep('{"name":', '}').replace(':}', ':1}')],
    ['a surrogate alone', '{"userName":"\\ud800@acme.example","displayName":"\\ud800"}'],
    ['U+0000', '{"userName":"a\\u0000@acme.example","displayName":"\\u0000"}'],
    ['the same name in two cases', '{"userName":"a@acme.example","USERNAME":["b"]}'],
    ['wrong kinds', '{"userName":{},"emails":{"value":[]},"name":"x","active":[],"displayName":7}'],
    [
      'lists of nothing',
      '{"userName":"n@acme.example","emails":[null,1,[]],"members":[null,[],7]}',
    ],
    [
      'a long name',
      `{"userName":"${'x'.repeat(50_000)}@acme.example","displayName":"${'y'.repeat(50_000)}"}`,
    ],
    ['operations of the wrong kind', '{"Operations":{"op":"add"}}'],
    ['no operation', '{"Operations":[]}'],
    [
      'operations without sense',
      '{"Operations":[null,1,"x",[],{},{"op":7},{"op":"move","path":"x"}]}',
    ],
    ['a path of the wrong kind', '{"Operations":[{"op":"replace","path":{"a":1},"value":1}]}'],
    ['a path without end', `{"Operations":[{"op":"remove","path":"${'members['.repeat(3000)}"}]}`],
    [
      'a value that is no member',
      '{"Operations":[{"op":"add","path":"members","value":[{"value":{"value":"x"}}]}]}',
    ],
    ['a filter with a list', '{"Operations":[{"op":"remove","path":"members[value eq [1]]"}]}'],
    [
      'too many operations',
      `{"Operations":[${Array.from({ length: 3000 }, () => '{"op":"replace","path":"title","value":"x"}').join()}]}`,
    ],
  ])('that is %s', async (_, body) => {
    for (const [method, path] of places()) {
      const { status, text } = await send(method, path, body)
      expect(status, `${method} ${path}: ${text}`).toBeLessThan(500)
    }
  })

  it('in another form', async () => {
    for (const type of ['text/plain', 'application/xml', 'multipart/form-data', ''])
      for (const [method, path] of places()) {
        const { status } = await send(method, path, '<x/>', { 'content-type': type })
        expect([type, method, path, status >= 400 && status < 500]).toEqual([type, method, path, true]) // prettier-ignore
      }
  })

  it('with anything in one place of what is otherwise right', async () => {
    let made = 0
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 5 }), wrongly, wrongOperations, async (at, parts, ops) => {
        const [method, path] = places()[at] ?? places()[0]
        const name = method === 'POST' ? `eve${made++}` : path.startsWith('/Users') ? 'ada' : 'Core'
        const right = path.startsWith('/Users') ? oktaUser(name) : { displayName: name }
        const body = method === 'PATCH' ? patchOp(...ops) : { ...right, ...parts }
        const { status, text } = await send(method, path, JSON.stringify(body))
        expect(status, text).toBeLessThan(500)
      }),
      { numRuns: 300 },
    )
  })
})

describe('an address', () => {
  it.each([
    '/Users/%00',
    '/Users/%ff',
    '/Users/..%2f..%2fapi%2fv1%2fmembers',
    `/Users/${'x'.repeat(4000)}`,
    '/Groups/%F0%9F%92%A9',
    "/Groups/'%20or%20'1'%3D'1",
    '/Users?startIndex=-1&count=-1',
    '/Users?startIndex=1e99&count=1e99',
    '/Users?startIndex=x&count=',
    '/Users?count=99999999999999999999',
    '/Users?startIndex=9007199254740991&count=9007199254740991',
    '/Users?sortBy=__proto__&sortOrder=sideways',
    '/Users?sortBy=emails.value',
    '/Users?sortBy=%00',
    '/Users?attributes=%00,__proto__,name.name.name&excludedAttributes=*',
    '/Users?attributes=userName&excludedAttributes=userName',
    '/Users?filter=',
    '/Users?filter=%00',
    '/Users?filter=%ff',
    '/Users?filter=userName%20eq',
    '/Users?filter=meta.created%20gt%20%22yesterday%22',
    '/Users?filter=active%20eq%20%22x%22%20and%20id%20gt%201e400',
    '/Users?filter=userName%20eq%20%22a%22&filter=userName%20eq%20%22b%22',
    '/Groups?filter=members%5Bvalue%20eq%20%5B1%5D%5D',
    '/Schemas/%00',
    '/ResourceTypes/__proto__',
    '/Nothing',
    '',
  ])('%s', async (path) => {
    for (const method of ['GET', 'DELETE', 'PATCH', 'PUT', 'POST']) {
      const { status, text } = await send(method, path, method === 'GET' ? undefined : '{}')
      expect(status, `${method} ${path}: ${text}`).toBeLessThan(500)
    }
  })

  it('with a version that is none', async () => {
    for (const version of ['', '*', 'W/', '"', 'W/"9007199254740993"', 'W/"x"', ', ,', '\u00ff'])
      for (const header of ['if-match', 'if-none-match'])
        for (const [method, path, body] of [
          ['GET', `/Users/${user}`, undefined],
          ['PUT', `/Users/${user}`, JSON.stringify(oktaUser('ada'))],
          [
            'PATCH',
            `/Groups/${group}`,
            '{"Operations":[{"op":"add","path":"members","value":[]}]}',
          ],
        ] as const) {
          const { status, text } = await send(method, path, body, { [header]: version })
          expect(status, `${method} ${header}: ${version}: ${text}`).toBeLessThan(500)
        }
  })
})

it('after all that nothing was logged as unforeseen, and the directory works', async () => {
  expect(world.logged.filter((line) => /"level":[56]0/.test(line))).toEqual([])
  expect((await okta.ask('GET', `/Users/${user}`)).status).toBe(200)
})

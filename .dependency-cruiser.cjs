// The boundaries of the house (CONTRIBUTING.md, "Rooms"). scripts/boundaries.mjs runs this and asserts how many
// modules it saw, because a cruise that resolves nothing also reports "no violations".
const order = [
  ['workspace'],
  ['access'],
  ['policies', 'signin', 'clients', 'scim', 'requests', 'telemetry', 'watch', 'notify'],
  ['delivery', 'analytics', 'compliance', 'audit'],
  ['drift', 'alerts'],
]
const feature = (names) => `^src/features/(${names.join('|')})/`
const laterThan = order.map((names, i) => ({
  name: `order-${names[0]}`,
  severity: 'error',
  comment:
    'A feature imports features of its own rank or below; what points backwards is a port wired in wiring.ts.',
  // A screen may show what another feature's API answers; it only needs that feature's shapes.
  from: { path: feature(names), pathNot: '^src/features/[^/]+/web/' },
  to: { path: order.slice(i + 1).flat().length ? feature(order.slice(i + 1).flat()) : '^$' },
}))

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'pure-cores-stand-alone',
      severity: 'error',
      comment: 'kernel, history and requirements import nothing of ours.',
      from: { path: '^src/(kernel|history|requirements)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(src|test)/', pathNot: '^src/(kernel|history|requirements)/' },
    },
    ...['kernel', 'history', 'requirements'].map((room) => ({
      name: `${room}-imports-only-itself`,
      severity: 'error',
      from: { path: `^src/${room}/`, pathNot: '\\.test\\.ts$' },
      to: { path: '^src/(kernel|history|requirements)/', pathNot: `^src/${room}/` },
    })),
    {
      name: 'pure-cores-do-no-io',
      severity: 'error',
      from: { path: '^src/(history|requirements)/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    ...laterThan,
    {
      name: 'a-feature-is-entered-by-its-door',
      severity: 'error',
      comment:
        'Other features, app.ts and wiring.ts import index.ts; schema.ts, of a feature or of a room in it, and web/ are for the browser.',
      from: { path: '^src/features/([^/]+)/', pathNot: '/web/|\\.test\\.tsx?$' },
      to: {
        path: '^src/features/',
        pathNot: '^src/features/($1/|[^/]+/(index|[a-z-]*/?schema[.a-z]*)\\.ts$)',
      },
    },
    {
      name: 'schema-imports-zod-only',
      severity: 'error',
      from: { path: '^src/features/[^/]+/[a-z-]*/?schema[.a-z]*\\.ts$' },
      to: {
        pathNot:
          '^(node_modules/zod/|src/features/[^/]+/[a-z-]*/?schema[.a-z]*\\.ts$|src/features/workspace/permissions\\.ts$)',
      },
    },
    {
      name: 'browser-never-imports-the-server',
      severity: 'error',
      from: { path: '^src/(web/|features/[^/]+/web/)' },
      to: {
        path: '^src/',
        pathNot:
          '^src/(web/|history/|requirements/|features/[^/]+/([a-z-]*/?schema[.a-z]*\\.ts$|web/)|features/workspace/permissions\\.ts$)',
      },
    },
    {
      name: 'server-never-imports-the-browser',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(web/|features/[^/]+/web/)' },
      to: { path: '^src/(web/|features/[^/]+/web/)' },
    },
    {
      name: 'cli-speaks-http',
      severity: 'error',
      comment:
        'Only serve, doctor, backup, restore and owner reset (through machine) touch the data folder themselves; main tells their errors. Exports of the audit trail and of the compliance log are judged without a server, in threads of a pool.',
      from: {
        path: '^src/cli/',
        pathNot: '^src/cli/(serve|doctor|backup|restore|owner|machine|main)\\.ts$',
      },
      to: {
        path: '^src/(features|kernel)/',
        pathNot:
          '^src/(features/([^/]+/[a-z-]*/?schema[.a-z]*|audit/proof/[a-z]+|compliance/line)|kernel/pool)\\.ts$',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.json'],
    },
  },
}

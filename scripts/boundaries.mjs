// Runs dependency-cruiser and fails as well when it saw too few modules: a cruise that resolves nothing says
// "no violations" and exits 0.
import { cruise } from 'dependency-cruiser'
import { createRequire } from 'node:module'
import { readdirSync } from 'node:fs'

const config = createRequire(import.meta.url)('../.dependency-cruiser.cjs')
const { output } = await cruise(['src'], { ...config.options, ruleSet: config, validate: true })
const isModule = (file) => /\.tsx?$/.test(file)
const ours = new Set(
  output.modules.map((m) => m.source).filter((s) => s.startsWith('src/') && isModule(s)),
)
const onDisk = readdirSync('src', { recursive: true }).filter(isModule)
const edges = output.modules
  .flatMap((m) => m.dependencies)
  .filter((d) => d.resolved.startsWith('src/'))
for (const v of output.summary.violations) console.error(`${v.rule.name}: ${v.from} → ${v.to}`)
console.log(
  `${ours.size} of ${onDisk.length} modules seen, ${edges.length} imports between them, ${output.summary.violations.length} violations`,
)
if (ours.size < onDisk.length || edges.length < ours.size / 2) {
  console.error('The cruise did not see the whole tree: the result above proves nothing.')
  process.exit(1)
}
process.exit(output.summary.violations.length === 0 ? 0 : 1)

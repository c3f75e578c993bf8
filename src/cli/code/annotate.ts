import type { Finding } from './folder.ts'

/** How findings are printed: for people, or as commands that a workflow of GitHub shows at their lines. */
export const formats = { text: asText, github: asAnnotation } as const

function asText({ file, line, column, severity, code, message }: Finding): string {
  return `${file}:${line}:${column} ${severity} ${code} ${message}`
}

/** "Workflow commands for GitHub Actions": properties escape also what separates them. */
function asAnnotation(finding: Finding): string {
  const { file, line, column, endLine, endColumn, severity, code, message } = finding
  const properties = {
    file,
    line,
    endLine,
    // Columns are only taken within one line, and the end is the last one that is meant.
    ...(line === endLine ? { col: column, endColumn: Math.max(column, endColumn - 1) } : {}),
    title: code,
  }
  const written = Object.entries(properties).map(([name, value]) => `${name}=${property(value)}`)
  return `::${severity} ${written.join(',')}::${data(message)}`
}

const data = (value: string): string =>
  value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (value: string | number): string =>
  data(String(value)).replaceAll(':', '%3A').replaceAll(',', '%2C')

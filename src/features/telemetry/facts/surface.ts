/** By the name with which a client introduces itself; the editor extensions use names of their own. */
const names: readonly (readonly [RegExp, string])[] = [
  [/vscode|cursor|windsurf|jetbrains|intellij|xcode|zed/, 'ide'],
  [/desktop|chatgpt_app/, 'desktop'],
  [/sdk/, 'sdk'],
  [/^codex_(?:cli|exec|tui|mcp)|^codex(?:$|-cli|-tui|-exec)/, 'cli'],
]

/** Where an agent runs: `cli`, `ide`, `desktop`, `sdk` or `other`. */
export function surfaceOf(originator: string): string {
  const name = originator.toLowerCase().replaceAll(' ', '_')
  return names.find(([pattern]) => pattern.test(name))?.[1] ?? 'other'
}

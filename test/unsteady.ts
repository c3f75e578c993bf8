/** Names, at the end of a run, the tests that passed at a second try only: CI shows them where they are read (`.ci/run`). */
import type { Reporter, TestCase } from 'vitest/node'

export default class Unsteady implements Reporter {
  private readonly found: string[] = []

  onTestCaseResult(test: TestCase): void {
    if (test.diagnostic()?.flaky === true)
      this.found.push(`unsteady: ${test.module.relativeModuleId} > ${test.fullName}`)
  }

  onTestRunEnd(): void {
    if (this.found.length > 0) console.log(this.found.join('\n'))
  }
}

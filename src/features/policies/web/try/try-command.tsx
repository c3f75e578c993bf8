import './try.css'
import { useId, useMemo, useState } from 'react'
import { SegmentedControl, Stack, Textarea } from '@mantine/core'
import { commandRulesOf, decideCommand, type Decision } from '#requirements/index.ts'
import { Status } from '#web/kit/index.ts'
import { RuleLine } from './rule-line.tsx'
import type { Show, TriedPolicy } from './tried.ts'
import { TryHost } from './try-host.tsx'
import { TryServer } from './try-server.tsx'
import { typed, VERDICTS } from './words.ts'

interface Props {
  /** One, or two to compare: before and after. */
  readonly policies: readonly TriedPolicy[]
}

const kinds = [
  { value: 'command', label: 'Command' },
  { value: 'host', label: 'Domain' },
  { value: 'server', label: 'MCP server' },
]

/** What a policy would do with one command, one host or one MCP server. Nothing is run. */
export function TryCommand({ policies }: Props) {
  const [kind, setKind] = useState('command')
  return (
    <Stack gap="sm" className="gh-try">
      <SegmentedControl
        aria-label="What to try"
        data={kinds}
        value={kind}
        onChange={setKind}
        size="xs"
        className="gh-try-kind"
      />
      {kind === 'command' && <TryLine policies={policies} />}
      {kind === 'host' && <TryHost policies={policies} />}
      {kind === 'server' && <TryServer policies={policies} />}
    </Stack>
  )
}

function TryLine({ policies }: Props) {
  const [line, setLine] = useState('')
  const about = useId()
  return (
    <>
      <Textarea
        label="Command line"
        aria-describedby={about}
        placeholder="git push origin main && rm -rf build"
        autosize
        minRows={1}
        maxRows={8}
        spellCheck={false}
        classNames={{ input: 'gh-try-code' }}
        value={line}
        onChange={(event) => setLine(event.currentTarget.value)}
      />
      <div aria-live="polite" className="gh-try-answers">
        {line.trim() !== '' &&
          policies.map((policy) => <Answer key={policy.label} policy={policy} line={line} />)}
      </div>
      <p id={about} className="gh-quiet">
        As Codex 0.169 decides it on Linux and macOS for a shell line. Its approval policy and its
        sandbox come on top, and so do the person’s own rules. On Windows PowerShell scripts are
        taken apart in another way, which is not simulated.
      </p>
    </>
  )
}

function Answer({ policy, line }: { readonly policy: TriedPolicy; readonly line: string }) {
  const rules = useMemo(() => commandRulesOf(policy.text), [policy.text])
  const decision = useMemo(() => decideCommand(rules, line), [rules, line])
  const [meaning, word] = VERDICTS[decision.decision]
  return (
    <section aria-label={policy.label} className="gh-try-answer">
      <div className="gh-try-head">
        <span className="gh-quiet">{policy.label}</span>
        <Status meaning={meaning}>{word}</Status>
        {decision.asksPerson && <span className="gh-quiet">only a person may answer</span>}
      </div>
      {decision.unsure !== undefined && (
        <p>What Codex does with this was not established: {decision.unsure}.</p>
      )}
      {decision.whole !== undefined && (
        <p>
          Codex does not look into this line because of {decision.whole}. Only a rule for the shell
          itself, such as <code>bash</code>, would restrict it.
        </p>
      )}
      <Parts decision={decision} {...(policy.onShow ? { onShow: policy.onShow } : {})} />
    </section>
  )
}

function Parts({ decision, onShow }: { readonly decision: Decision; readonly onShow?: Show }) {
  return (
    <ol className="gh-try-parts">
      {decision.parts.map((argv, part) => {
        const matches = decision.matches.filter((match) => match.part === part)
        return (
          <li key={part}>
            <code className="gh-wrap">{typed(argv)}</code>
            {matches.map(({ rule, byName }) => (
              <RuleLine
                key={rule.index}
                line={rule.line}
                from={rule.from}
                {...(onShow ? { onShow } : {})}
              >
                <Status meaning={rule.decision === 'forbidden' ? 'forbidden' : 'prompt'}>
                  {rule.decision}
                </Status>
                {byName && <span className="gh-quiet">by the name without its folder</span>}
                {rule.justification !== undefined && <span>{rule.justification}</span>}
              </RuleLine>
            ))}
          </li>
        )
      })}
    </ol>
  )
}

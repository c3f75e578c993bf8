import { useState } from 'react'
import { TextInput } from '@mantine/core'
import { decideDomain } from '#requirements/index.ts'
import { Status } from '#web/kit/index.ts'
import { RuleLine } from './rule-line.tsx'
import type { TriedPolicy } from './tried.ts'
import { aboutHost, HOSTS } from './words.ts'

/** Whether commands in the sandbox reach a host. */
export function TryHost({ policies }: { readonly policies: readonly TriedPolicy[] }) {
  const [host, setHost] = useState('')
  return (
    <>
      <TextInput
        label="Host"
        placeholder="registry.example.com"
        spellCheck={false}
        value={host}
        onChange={(event) => setHost(event.currentTarget.value)}
      />
      <div aria-live="polite" className="gh-try-answers">
        {host.trim() !== '' &&
          policies.map((policy) => {
            const decision = decideDomain(policy.text, host)
            const [meaning, word] = HOSTS[decision.outcome]
            const { rule } = decision
            return (
              <section key={policy.label} aria-label={policy.label} className="gh-try-answer">
                <div className="gh-try-head">
                  <span className="gh-quiet">{policy.label}</span>
                  <Status meaning={meaning}>{word}</Status>
                  <code className="gh-wrap">{decision.host}</code>
                </div>
                {rule && (
                  <RuleLine
                    line={rule.line}
                    from={rule.from}
                    {...(policy.onShow ? { onShow: policy.onShow } : {})}
                  >
                    <code className="gh-wrap">{rule.pattern}</code>
                  </RuleLine>
                )}
                <p>{aboutHost(decision)}</p>
              </section>
            )
          })}
      </div>
      <p className="gh-quiet">
        As the proxy of Codex 0.169 decides it for commands in its sandbox. Commands without a
        sandbox do not pass it.
      </p>
    </>
  )
}

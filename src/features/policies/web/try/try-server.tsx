import { useState } from 'react'
import { TextInput } from '@mantine/core'
import { decideServer, type McpServer } from '#requirements/index.ts'
import { Status } from '#web/kit/index.ts'
import { RuleLine } from './rule-line.tsx'
import type { TriedPolicy } from './tried.ts'
import { SERVERS } from './words.ts'

/** Whether an MCP server that a person has configured would run. */
export function TryServer({ policies }: { readonly policies: readonly TriedPolicy[] }) {
  const [name, setName] = useState('')
  const [target, setTarget] = useState('')
  const [plugin, setPlugin] = useState('')
  const server = serverOf(name, target, plugin)
  return (
    <>
      <div className="gh-try-fields">
        <TextInput
          label="Name"
          placeholder="docs"
          spellCheck={false}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label="Command with its arguments, or url"
          placeholder="npx docs-server --stdio"
          spellCheck={false}
          value={target}
          onChange={(event) => setTarget(event.currentTarget.value)}
        />
        <TextInput
          label="Plugin that brings it"
          placeholder="none"
          spellCheck={false}
          value={plugin}
          onChange={(event) => setPlugin(event.currentTarget.value)}
        />
      </div>
      <div aria-live="polite" className="gh-try-answers">
        {server &&
          policies.map((policy) => {
            const { outcome, because, line, from } = decideServer(policy.text, server)
            const [meaning, word] = SERVERS[outcome]
            return (
              <section key={policy.label} aria-label={policy.label} className="gh-try-answer">
                <div className="gh-try-head">
                  <span className="gh-quiet">{policy.label}</span>
                  <Status meaning={meaning}>{word}</Status>
                </div>
                <p>{because}</p>
                {line !== undefined && from !== undefined && (
                  <RuleLine
                    line={line}
                    from={from}
                    {...(policy.onShow ? { onShow: policy.onShow } : {})}
                  />
                )}
              </section>
            )
          })}
      </div>
      {plugin.trim() !== '' && (
        <p className="gh-quiet">Servers of plugins were not compared with the client itself.</p>
      )}
    </>
  )
}

function serverOf(name: string, target: string, plugin: string): McpServer | undefined {
  if (name.trim() === '' || target.trim() === '') return undefined
  const from = plugin.trim() === '' ? {} : { plugin: plugin.trim() }
  if (/^https?:\/\//i.test(target.trim())) return { name: name.trim(), url: target.trim(), ...from }
  const [command = '', ...args] = target.trim().split(/\s+/)
  return { name: name.trim(), command, args, ...from }
}

import { describe, expect, it } from 'vitest'
import { describeConfig, readConfig } from './config.ts'

describe('the configuration', () => {
  it('has defaults that work on one machine', () => {
    expect(readConfig({})).toMatchObject({
      listen: { host: '127.0.0.1', port: 7080 },
      tlsListen: { host: '127.0.0.1', port: 7443 },
      publicUrl: 'https://127.0.0.1:7443',
      databaseUrl: undefined,
      smtp: undefined,
    })
  })

  it('names every wrong variable at once', () => {
    const read = () =>
      readConfig({
        GATEHOUSE_LISTEN: 'nowhere',
        GATEHOUSE_PUBLIC_URL: 'http://gate.example',
        DATABASE_URL: 'mysql://x',
        GATEHOUSE_TLS_CERT: 'a.pem',
        GATEHOUSE_INIT_ADMIN_KEY: 'short',
      })
    for (const name of [
      'GATEHOUSE_LISTEN',
      'GATEHOUSE_PUBLIC_URL',
      'DATABASE_URL',
      'GATEHOUSE_TLS_KEY',
      'GATEHOUSE_INIT_ADMIN_KEY',
    ])
      expect(read).toThrow(name)
  })

  it('reads an IPv6 address, a mail server and a public URL', () => {
    expect(
      readConfig({
        GATEHOUSE_LISTEN: '[::1]:80',
        GATEHOUSE_PUBLIC_URL: 'https://gate.example/',
        GATEHOUSE_SMTP_URL: 'smtps://me:p%40ss@mail.example',
        GATEHOUSE_MAIL_FROM: 'gate@acme.example',
      }),
    ).toMatchObject({
      listen: { host: '::1', port: 80 },
      publicUrl: 'https://gate.example',
      smtp: { host: 'mail.example', port: 465, secure: true, user: 'me', password: 'p@ss' },
    })
  })

  it('refuses a proxy range that would trust everybody, and a password it cannot read, in a sentence', () => {
    expect(() => readConfig({ GATEHOUSE_TRUSTED_PROXIES: '10.0.0.0/' })).toThrow(
      'GATEHOUSE_TRUSTED_PROXIES: 10.0.0.0/ is no address',
    )
    expect(() =>
      readConfig({
        GATEHOUSE_SMTP_URL: 'smtp://me:100%@mail.example',
        GATEHOUSE_MAIL_FROM: 'a@b.c',
      }),
    ).toThrow('GATEHOUSE_SMTP_URL: write a %')
  })

  it('treats an empty variable as not set', () => {
    expect(readConfig({ DATABASE_URL: '' }).databaseUrl).toBeUndefined()
  })

  it('never prints a secret', () => {
    const secret = 'postgres://user:hunter2@db/gatehouse'
    expect(JSON.stringify(describeConfig({ DATABASE_URL: secret }))).not.toContain('hunter2')
  })
})

import { useEffect } from 'react'
import { useLocation, useNavigate } from '@tanstack/react-router'
import { Loading } from '#web/kit/index.ts'

/** From where the audit trail was before, with the filters of the address. */
export function MovedScreen() {
  const { pathname, searchStr } = useLocation()
  const navigate = useNavigate()
  useEffect(() => {
    if (!pathname.startsWith('/activity')) return
    const to = pathname.replace(/^\/activity/, '/audit')
    void navigate({ href: `${to}${searchStr}`, replace: true })
  }, [navigate, pathname, searchStr])
  return <Loading />
}

/** `node test/boundaries/run.ts`: prints every import that breaks a rule; exits 1 when there is one. */
import { check, project } from './check.ts'

const { modules, violations } = await check(project)
for (const { rule, from, to } of violations) console.log(`${from} imports ${to}: ${rule}`)
console.log(`${modules} modules checked, ${violations.length} imports break a rule.`)
if (violations.length > 0 || modules === 0) process.exitCode = 1

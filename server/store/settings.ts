/** What holds for a whole store. */
import * as v from 'valibot'
import type { Connection } from './sqlite.ts'

const Slots = v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1)))

export function settingQueries(connection: Connection) {
  return {
    /** How many runs train at the same time; `null`: as many as suit the machine. */
    slots(): number | null {
      const row = connection.get("SELECT value FROM setting WHERE name = 'slots'")
      return row ? v.parse(Slots, JSON.parse(String(row['value']))) : null
    },

    setSlots: (slots: number | null): void =>
      void connection.run("INSERT OR REPLACE INTO setting(name, value) VALUES ('slots', ?)", JSON.stringify(slots)),
  }
}

/** How often the newest is asked for while a run goes on, in milliseconds. */
const pace = 1000
/** After the last news of a run it is asked for twice: what an epoch leaves behind is stored a moment after its numbers. */
const asksAfterNews = 2

/** When to ask for the newest of something that comes with a run's epochs: while there is news, once a second at most. */
export class AskPace {
  #askedAt = -Infinity
  #asksLeft = asksAfterNews
  #news = ''

  /** Something else is to be shown: the next look asks at once. */
  restart(): void {
    this.#askedAt = -Infinity
    this.#asksLeft = asksAfterNews
  }

  /**
   * @param news differs from what it was when there is news
   * @param now milliseconds
   * @returns whether to ask now, and in how many milliseconds to look again if nobody else does; `null`: no need to
   */
  look(news: string, now: number): { readonly isDue: boolean; readonly again: number | null } {
    if (news !== this.#news) this.#asksLeft = asksAfterNews
    this.#news = news
    if (this.#asksLeft === 0) return { isDue: false, again: null }
    const wait = this.#askedAt + pace - now
    if (wait > 0) return { isDue: false, again: wait }
    this.#askedAt = now
    this.#asksLeft--
    return { isDue: true, again: this.#asksLeft > 0 ? pace : null }
  }
}

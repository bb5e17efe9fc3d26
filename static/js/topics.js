// A long form in topics: the list at the left follows the page, and fields are found by their words.
(() => {
  const form = document.querySelector("[data-topics]")
  if (!form) return
  const links = [...form.querySelectorAll(".topic-list a")]
  const cards = links.map((link) => document.getElementById(link.hash.slice(1)).closest("section"))

  const follow = () => {
    const open = cards.filter((card) => !card.hidden)
    const here = open.findLast((card) => card.getBoundingClientRect().top < 140) || open[0]
    links.forEach((link, place) => {
      if (cards[place] === here) link.setAttribute("aria-current", "true")
      else link.removeAttribute("aria-current")
    })
  }
  addEventListener("scroll", follow, { passive: true })
  follow()

  const find = document.querySelector("[data-find-field]")
  const nothing = form.querySelector("[data-nothing-found]")
  find?.addEventListener("input", () => {
    const words = find.value.trim().toLowerCase()
    cards.forEach((card, place) => {
      const isTopic = card.querySelector(".card-title").textContent.toLowerCase().includes(words)
      const fields = [...card.querySelectorAll(".field")]
      fields.forEach((field) => {
        field.hidden = !isTopic && !field.textContent.toLowerCase().includes(words)
      })
      card.hidden = fields.every((field) => field.hidden)
      links[place].parentElement.hidden = card.hidden
    })
    nothing.hidden = cards.some((card) => !card.hidden)
    follow()
  })
})()

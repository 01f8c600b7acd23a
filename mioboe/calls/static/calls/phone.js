// A telephone on a page, for either side of a call (templates/calls/agent_phone.html, customer_phone.html):
//   <section id="…" hx-preserve data-phone="agent|customer" data-live="TOKEN" data-topic="call:7" data-state="ringing"
//            data-csrf="…" data-ice-servers='[…]' data-url-take|answer|hangup|audio="…" data-auto="1">
// Its id names the call and it has hx-preserve: fragments around it are swapped while somebody talks, and it stays.
// Buttons in it: data-press="take|answer|decline|hang_up|mute|sound". What is shown when: data-when="ringing talking", and for
// troubles data-trouble="microphone|moved|path|sound|server". The page's server decides every state; this carries sound.
// For the curious and for tests: data-packets-sent, data-packets-received, and data-audio="both-ways" once it is so.
//
// Said between the pages (topic of the call): the customer's {hello, anew}, the agent's {line, offer}, the customer's
// {line, answer}, both sides' {line, candidate}. Several handsets may ring; the one that answers takes the offer.
import { isHearing, speak } from "../site/live.js";
import { AgentPhone } from "./agent_phone.js";
import { CustomerPhone } from "./customer_phone.js";

const KINDS = { agent: AgentPhone, customer: CustomerPhone };
const phones = new Map();

function look() {
  for (const [element, phone] of phones) {
    if (!element.isConnected) {
      phone.end();
      phones.delete(element);
    }
  }
  for (const element of document.querySelectorAll("[data-phone]")) {
    if (!phones.has(element)) {
      const line = {
        isHearing: () => isHearing(element),
        say: (message) => speak(element, element.dataset.topic, message),
      };
      const phone = new KINDS[element.dataset.phone](element, line);
      phones.set(element, phone);
      phone.begin();
    }
  }
}

look();
new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });

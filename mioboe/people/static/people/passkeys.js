// Passkeys: `<form data-passkey="sign-in | approve | confirm | add" hidden>` with a hidden field `credential` is shown where the
// browser has them. What the authenticator is asked comes from the form's address ("sign-in", "approve") or from the page's #js_data.
// Everything else on the page works without this.
(() => {
  const { webauthnJSON } = window;
  const isAddress = /^[\d.]+$|^\[/.test(location.hostname); // a passkey belongs to a name
  if (!webauthnJSON?.supported() || !window.isSecureContext || isAddress) return;

  let waiting = null; // what the browser offers on the mail address's field, until the button is pressed

  const fromPage = () => JSON.parse(document.getElementById("js_data").textContent);

  async function fromAddress(form) {
    const response = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(`the shop answered ${response.status}`);
    return (await response.json()).request_options;
  }

  const asked = {
    "sign-in": async (form) => webauthnJSON.get(await fromAddress(form)),
    approve: async (form) => webauthnJSON.get(await fromAddress(form)),
    confirm: async () => webauthnJSON.get(fromPage().request_options),
    add: async () => {
      const options = fromPage().creation_options;
      Object.assign(options.publicKey.authenticatorSelection, {
        residentKey: "required",
        requireResidentKey: true,
        userVerification: "required",
      });
      return webauthnJSON.create(options);
    },
  };

  function send(form, credential) {
    form.elements.credential.value = JSON.stringify(credential);
    form.submit();
  }

  async function press(form) {
    const problem = form.querySelector("[data-passkey-problem]");
    problem.hidden = true;
    waiting?.abort();
    try {
      send(form, await asked[form.dataset.passkey](form));
    } catch {
      problem.hidden = false;
    }
  }

  async function offerOnField(form) {
    if (!(await window.PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    waiting = new AbortController();
    try {
      const options = await fromAddress(form);
      send(form, await webauthnJSON.get({ ...options, mediation: "conditional", signal: waiting.signal }));
    } catch {
      // Not chosen, or the button was pressed instead.
    }
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      press(form);
    });
    if (form.dataset.passkey === "sign-in") offerOnField(form);
  }
  for (const part of document.querySelectorAll("[data-without-passkeys]")) part.hidden = true;
})();

// Search runs in a worker, and a page opened from disk may start none: there, a frame of the same page takes its place.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      frame.title = "search";
      document.body.appendChild(frame);
      this.frame = frame.contentWindow;
      const source = new URL(address, document.baseURI).href;
      frame.contentDocument.open();
      frame.contentDocument.write(
        "<!doctype html><script>postMessage = data => parent.dispatchEvent(" +
          "new MessageEvent('message', { data, source: window }));" +
          `<\/script><script src="${source}"><\/script>`,
      );
      frame.contentDocument.close();
      // what comes before the script is there waits for it
      this.ready = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
      window.addEventListener("message", (event) => {
        if (event.source === this.frame) {
          this.dispatchEvent(new MessageEvent("message", { data: event.data }));
        }
      });
    }

    postMessage(data) {
      this.ready.then(() => this.frame.dispatchEvent(new this.frame.MessageEvent("message", { data })));
    }
  };
}

package org.codius.daemon.http;

import com.google.common.html.HtmlEscapers;
import java.math.BigDecimal;
import java.time.Duration;

/** The page a person sees who opens the host in a browser. */
final class InfoPage {

  private InfoPage() {}

  static String of(
      HostInfo info, BigDecimal costPerMonth, Duration uptime, int pods, boolean isRoom) {
    String uri = HtmlEscapers.htmlEscaper().escape(info.publicUri().toString());
    String currency = HtmlEscapers.htmlEscaper().escape(info.asset().code());
    String money =
        info.isPlayMoney()
            ? "<p class=\"play\">It takes <b>play money</b>: nothing here costs or earns"
                + " anything.</p>"
            : "";
    return """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Codius host %1$s</title>
        <style>
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; }
        th { text-align: left; font-weight: 500; padding-right: 2rem; }
        .play { background: #fff3c4; color: #4d3800; padding: .5rem 1rem; }
        code { background: #f2f2f2; color: #222; padding: .1rem .3rem; }
        @media (prefers-color-scheme: dark) { body { background: #16181d; color: #e6e6e6; } a { color: #8ab4f8; } }
        </style>
        </head>
        <body>
        <h1>A Codius host</h1>
        <p>It runs anyone's containers for as long as they are paid for over
        <a href="https://interledger.org">Interledger</a>. Each pod is at
        <code>&lt;manifest hash&gt;.%2$s</code>.</p>
        %3$s
        <table>
        <tr><th>Address</th><td id="uri">%1$s</td></tr>
        <tr><th>A pod for a month</th><td><span id="costPerMonth">%4$s</span> <span id="currency">%5$s</span></td></tr>
        <tr><th>Room for more</th><td>%6$s</td></tr>
        %7$s
        <tr><th>Runs on</th><td>%8$s %9$s</td></tr>
        <tr><th>Up for</th><td>%10$s</td></tr>
        <tr><th>codiusd</th><td>%11$s</td></tr>
        </table>
        <p>Upload with <code>codiusd upload FILE --host %1$s</code>, or with the original's
        <code>codius upload --host %1$s</code>. <a href="/info">All of this as JSON</a>.</p>
        </body>
        </html>
        """
        .formatted(
            uri,
            HtmlEscapers.htmlEscaper().escape(info.publicUri().getAuthority()),
            money,
            costPerMonth.toPlainString(),
            info.isPlayMoney() ? currency + " (play money)" : currency,
            isRoom ? "yes" : "no",
            info.arePodsCounted() ? "<tr><th>Pods running</th><td>" + pods + "</td></tr>" : "",
            HtmlEscapers.htmlEscaper().escape(info.runtime().get().name()),
            HtmlEscapers.htmlEscaper().escape(info.runtime().get().version()),
            "%d d %d h %d min"
                .formatted(uptime.toDays(), uptime.toHoursPart(), uptime.toMinutesPart()),
            HtmlEscapers.htmlEscaper().escape(info.version()));
  }
}

package no.budstikke.correspondence;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The body of a message as its reader gets it. Senders write markdown, HTML, or both at once. Spec:
/// correspondence §2.2
/// P3, P5.
final class MessageText {

    /// Up to this many reply options are buttons elsewhere; more of them are written below the text.
    private static final int REPLY_BUTTONS = 3;

    private static final Pattern TOKEN = Pattern.compile("""
            (?<code>(?:^|(?<=\\n))(?<fence>```|~~~).*?(?:\\n\\k<fence>|\\z)|`[^`\\n]+`)\
            |(?<comment><!--.*?-->)\
            |<(?<close>/?)(?<tag>[a-zA-Z][a-zA-Z0-9]*)(?<attributes>(?:\\s[^<>]*)?)/?>""", Pattern.DOTALL);

    private static final Pattern ATTRIBUTE =
            Pattern.compile("(?i)([a-z-]+)\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)'|([^\\s\"'>]+))");

    private static final Pattern URL = Pattern.compile("(?i)\\bhttps?://[^\\s<>\"'()\\[\\]]+");

    private static final Set<String> HTML = Set.of(
            "a",
            "abbr",
            "article",
            "b",
            "big",
            "blockquote",
            "body",
            "br",
            "caption",
            "center",
            "cite",
            "code",
            "col",
            "colgroup",
            "dd",
            "del",
            "div",
            "dl",
            "dt",
            "em",
            "figcaption",
            "figure",
            "font",
            "footer",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "head",
            "header",
            "hr",
            "html",
            "i",
            "img",
            "ins",
            "li",
            "link",
            "main",
            "meta",
            "nav",
            "ol",
            "p",
            "pre",
            "q",
            "s",
            "script",
            "section",
            "small",
            "span",
            "strike",
            "strong",
            "style",
            "sub",
            "sup",
            "table",
            "tbody",
            "td",
            "tfoot",
            "th",
            "thead",
            "title",
            "tr",
            "u",
            "ul");

    private final String source;
    private final StringBuilder out = new StringBuilder();
    private final Deque<Open> links = new ArrayDeque<>();
    private final Deque<Open> quotes = new ArrayDeque<>();
    private final Deque<int[]> lists = new ArrayDeque<>();
    private int rows;
    private int cells;
    private @Nullable String hidden;

    /// An element that is wrapped when it ends.
    ///
    /// @param start where its text begins in the output
    private record Open(int start, String address) {}

    private MessageText(String source) {
        this.source = source;
    }

    /// Mixed HTML and markdown as GitHub-flavoured markdown. Text without HTML comes back as it is; no
    /// link that is in
    /// the source is missing in the result.
    static String markdown(String source) {
        return new MessageText(source).converted();
    }

    /// The body with its reply options below, if there are too many for buttons.
    static String withReplyOptions(String body, String language, List<Letter.ReplyOption> options) {
        if (options.size() <= REPLY_BUTTONS) {
            return body;
        }
        var text = new StringBuilder(body)
                .append("\n\n")
                .append(
                        switch (language) {
                            case "en" -> "Reply options:";
                            case "nn" -> "Svarval:";
                            default -> "Svarvalg:";
                        });
        for (Letter.ReplyOption option : options) {
            text.append('\n');
            option.text()
                    .filter(given -> !given.isBlank())
                    .ifPresent(given -> text.append(given).append(": "));
            text.append(option.url());
        }
        return text.toString();
    }

    private String converted() {
        Matcher token = TOKEN.matcher(source);
        int at = 0;
        boolean any = false;
        while (token.find()) {
            String tag = token.group("tag");
            boolean isTag = tag != null && HTML.contains(tag.toLowerCase(Locale.ROOT));
            boolean isComment = token.group("comment") != null;
            if (!isTag && !isComment) {
                continue;
            }
            any = true;
            text(source.substring(at, token.start()));
            at = token.end();
            if (tag != null) {
                element(tag.toLowerCase(Locale.ROOT), token.group("close").isEmpty(), token.group("attributes"));
            }
        }
        if (!any) {
            return source;
        }
        text(source.substring(at));
        while (!links.isEmpty()) {
            endLink();
        }
        while (!quotes.isEmpty()) {
            endQuote();
        }
        String converted = out.toString().strip();
        var whole = new StringBuilder(converted);
        for (String address : addresses()) {
            if (!converted.contains(address)) {
                whole.append("\n\n<").append(address).append('>');
            }
        }
        return whole.toString();
    }

    /// Every address that the source links to.
    private Set<String> addresses() {
        var addresses = new LinkedHashSet<String>();
        Matcher plain = URL.matcher(source);
        while (plain.find()) {
            addresses.add(decoded(plain.group()));
        }
        Matcher token = TOKEN.matcher(source);
        while (token.find()) {
            if ("a".equalsIgnoreCase(token.group("tag"))) {
                String address = attribute(token.group("attributes"), "href");
                if (!address.isBlank()) {
                    addresses.add(address);
                }
            }
        }
        return addresses;
    }

    private void text(String piece) {
        if (hidden == null) {
            out.append(piece);
        }
    }

    private void element(String tag, boolean begins, String attributes) {
        if (hidden != null) {
            if (!begins && tag.equals(hidden)) {
                hidden = null;
            }
            return;
        }
        switch (tag) {
            case "script", "style", "head" -> hidden = begins ? tag : null;
            case "br" -> out.append("  \n");
            case "hr" -> {
                paragraph();
                out.append("---");
                paragraph();
            }
            case "h1", "h2", "h3", "h4", "h5", "h6" -> {
                paragraph();
                if (begins) {
                    out.append("#".repeat(tag.charAt(1) - '0')).append(' ');
                }
            }
            case "b", "strong" -> out.append("**");
            case "i", "em", "cite" -> out.append('*');
            case "s", "strike", "del" -> out.append("~~");
            case "code" -> out.append('`');
            case "pre" -> {
                paragraph();
                out.append("```\n");
            }
            case "a" -> {
                if (begins) {
                    links.push(new Open(out.length(), attribute(attributes, "href")));
                } else if (!links.isEmpty()) {
                    endLink();
                }
            }
            case "img" -> {
                String address = attribute(attributes, "src");
                if (!address.isBlank()) {
                    out.append("![")
                            .append(attribute(attributes, "alt"))
                            .append("](")
                            .append(target(address))
                            .append(')');
                }
            }
            case "blockquote" -> {
                paragraph();
                if (begins) {
                    quotes.push(new Open(out.length(), ""));
                } else if (!quotes.isEmpty()) {
                    endQuote();
                }
            }
            case "ul", "ol" -> {
                if (begins) {
                    if (lists.isEmpty()) {
                        paragraph();
                    }
                    lists.push(new int[] {tag.equals("ol") ? 1 : 0});
                } else if (!lists.isEmpty()) {
                    lists.pop();
                    if (lists.isEmpty()) {
                        paragraph();
                    }
                }
            }
            case "li" -> {
                if (begins) {
                    line();
                    out.append("   ".repeat(Math.max(0, lists.size() - 1))).append(marker());
                }
            }
            case "table" -> {
                paragraph();
                rows = 0;
            }
            case "tr" -> {
                if (begins) {
                    line();
                    out.append('|');
                    cells = 0;
                } else if (rows++ == 0) {
                    line();
                    out.append('|').append(" --- |".repeat(cells));
                }
            }
            case "td", "th" -> {
                if (begins) {
                    cells++;
                    out.append(' ');
                } else {
                    out.append(" |");
                }
            }
            case "p", "div", "section", "article", "main", "header", "footer", "nav", "dl", "dt", "dd" -> paragraph();
            case "figure", "figcaption", "caption", "center" -> paragraph();
            default -> {
                // The tag says nothing that markdown could say; its text stays.
            }
        }
    }

    private String marker() {
        int[] list = lists.peek();
        return list == null || list[0] == 0 ? "- " : list[0]++ + ". ";
    }

    private void endLink() {
        Open link = links.pop();
        String address = link.address();
        String text = out.substring(Math.min(link.start(), out.length())).strip();
        if (address.isBlank()) {
            return;
        }
        out.setLength(Math.min(link.start(), out.length()));
        if (text.isEmpty() || text.equals(address)) {
            out.append('<').append(address).append('>');
        } else {
            out.append('[').append(text).append("](").append(target(address)).append(')');
        }
    }

    private void endQuote() {
        Open quote = quotes.pop();
        int start = Math.min(quote.start(), out.length());
        String text = out.substring(start).strip();
        out.setLength(start);
        out.append("> ").append(text.replace("\n", "\n> "));
        paragraph();
    }

    /// Ends the line, if something is on it.
    private void line() {
        trimEnd();
        if (!out.isEmpty()) {
            out.append('\n');
        }
    }

    /// Begins a paragraph, if something is before it.
    private void paragraph() {
        trimEnd();
        if (!out.isEmpty()) {
            out.append("\n\n");
        }
    }

    private void trimEnd() {
        int end = out.length();
        while (end > 0 && Character.isWhitespace(out.charAt(end - 1))) {
            end--;
        }
        out.setLength(end);
    }

    private static String attribute(String attributes, String name) {
        Matcher attribute = ATTRIBUTE.matcher(attributes);
        while (attribute.find()) {
            if (attribute.group(1).equalsIgnoreCase(name)) {
                for (int form = 2; form <= 4; form++) {
                    String value = attribute.group(form);
                    if (value != null) {
                        return decoded(value).strip();
                    }
                }
            }
        }
        return "";
    }

    private static String decoded(String address) {
        return address.replace("&amp;", "&");
    }

    private static String target(String address) {
        return address.matches("[^\\s()<>]+") ? address : "<" + address + ">";
    }
}

package no.budstikke.correspondence;

import java.util.regex.Pattern;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.BlockQuote;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.LinkReferenceDefinition;
import org.commonmark.parser.Parser;

/// Which texts count as plain: no HTML, no markdown that would change what is seen. Stray asterisks,
/// underscores, `#404`
/// and the like are plain. Spec: correspondence §4.6.
final class PlainText {

    private static final Parser MARKDOWN = Parser.builder().build();
    private static final Pattern MARKS = Pattern.compile("[`\\\\]");
    private static final Pattern TABLE =
            Pattern.compile("(?m)^.*\\|.*\\R\\s*\\|?\\s*:?-+:?\\s*(?:\\|\\s*:?-*:?\\s*)+$");

    private PlainText() {}

    static boolean is(String text) {
        String unmarked = MARKS.matcher(text).replaceAll("");
        if (TABLE.matcher(unmarked).find()) {
            return false;
        }
        var search = new Search();
        MARKDOWN.parse(unmarked).accept(search);
        return !search.found;
    }

    private static final class Search extends AbstractVisitor {

        boolean found;

        @Override
        public void visit(Heading heading) {
            found = true;
        }

        @Override
        public void visit(Link link) {
            found = true;
        }

        @Override
        public void visit(LinkReferenceDefinition definition) {
            found = true;
        }

        @Override
        public void visit(Image image) {
            found = true;
        }

        @Override
        public void visit(BlockQuote quote) {
            found = true;
        }

        @Override
        public void visit(FencedCodeBlock code) {
            found = true;
        }

        @Override
        public void visit(HtmlBlock html) {
            found = true;
        }

        @Override
        public void visit(HtmlInline html) {
            found = true;
        }
    }
}

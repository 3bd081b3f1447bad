# Tells what MIME-tools sees in messages: for each message on standard input (length in four bytes, then its bytes) one line
# with the leaves of the parser's tree, as pairs of SHA-256 and decoded bytes in base64.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use MIME::Base64 qw(encode_base64);
use MIME::Parser;

$SIG{__WARN__} = sub { };
binmode STDIN;
$| = 1;

sub leaves {
    my ($entity) = @_;
    return map { leaves($_) } $entity->parts if $entity->parts;
    my $body = $entity->bodyhandle or return ();
    my $content = $body->as_string;
    return () if !defined $content || $content eq '';
    utf8::encode($content) if utf8::is_utf8($content);
    return [sha256_hex($content), encode_base64($content, '')];
}

while (read(STDIN, my $head, 4)) {
    read(STDIN, my $raw, unpack('N', $head));
    my $parser = MIME::Parser->new;
    $parser->output_to_core(1);
    $parser->tmp_to_core(1);
    $parser->extract_nested_messages(1);
    $parser->extract_uuencode(1);
    $parser->max_parts(-1);
    my @found = eval { leaves($parser->parse_data($raw)) };
    @found = (['fault', 'died']) if $@;
    print '[', join(',', map { sprintf '["%s","%s"]', @$_ } @found), "]\n";
}

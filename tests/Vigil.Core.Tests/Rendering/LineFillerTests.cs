using FsCheck;
using FsCheck.Fluent;
using Vigil.Planning;

namespace Vigil.Core.Tests.Rendering;

public sealed class LineFillerTests : IDisposable
{
    private readonly Workplace _place = new();
    public void Dispose() => _place.Dispose();

    private static readonly string[] Hostile =
    [
        "plain", "", " ", "\\", "'", "\"", "`", "it's \"$(touch pwned)\"`touch pwned`; touch pwned\n$HOME ${HOME} \\", "a\nEOF\ntouch pwned\nE F\nB\nA\n",
        ")]}x[$(touch pwned)]", "* ~ # & | >x !! $'x' {a,b} = -n é…\t",
    ];

    /// <summary>Runs the line with a program <c>show</c> that prints each argument in brackets.</summary>
    private string Show(string line, string value)
    {
        var run = Some.Run(Some.Line("show() { printf '[%s]' \"$@\"; }; " + line), _place.Dir) with
        {
            Placeholders = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("x.y", value),
        };
        foreach (var file in Directory.GetFiles(_place.Folder())) File.Delete(file);
        var (_, output, errors) = _place.Run(run);
        Assert.Equal("", errors);
        Assert.False(File.Exists($"{_place.Dir}/pwned"), $"{line} made shell of {value}");
        return output;
    }

    public static TheoryData<string, string> Places => new()
    {
        { "show {x.y}", "[@]" },
        { "show a {x.y} b", "[a][@][b]" },
        { "show --x={x.y}/z", "[--x=@/z]" },
        { "show \"{x.y}\"", "[@]" },
        { "show \"a {x.y} 'b'\"", "[a @ 'b']" },
        { "show 'a {x.y} \"b\"'", "[a @ \"b\"]" },
        { "show $'a\\t{x.y}\\'c'", "[a\t@'c]" },
        { "show \"${NOPE:-{x.y}}\"", "[@]" },
        { "show ${NOPE:-{x.y}}", "[@]" },
        { "show \"${NOPE:-'{x.y}'}\" {x.y}", "['@'][@]" },
        { "show x # don't {x.y}\nshow {x.y}", "[x][@]" },
        { "show \\' {x.y} \\\" {x.y}", "['][@][\"][@]" },
        { "if [[ {x.y} == \"{x.y}\" ]]; then show same; fi", "[same]" },
        { "case {x.y} in \"{x.y}\") show {x.y};; esac", "[@]" },
        { "(show {x.y}); { show {x.y}; }", "[@][@]" },
        { "bash -c 'printf \"[%s]\" {x.y} \"{x.y}\"; echo done'", "[@][@]done\n" },
        { "sh -c 'printf \"[%s]\" {x.y}' && show \"it's {x.y}\"", "[@][it's @]" },
        { "a=({x.y} b); show \"${a[0]}\"", "[@]" },
        { "cat <<EOF\nit's {x.y} \"q\" \\$HOME\nEOF\nshow {x.y}", "it's @ \"q\" $HOME\n[@]" },
        { "cat <<'EOF'\nit's {x.y} `b` $HOME \\ $(c)\nEOF\nshow {x.y}", "it's @ `b` $HOME \\ $(c)\n[@]" },
        { "cat <<'E F'; show '{x.y}'\n{x.y}\nE F\nshow b", "@\n[@][b]" },
        { "cat <<-\"EOF\"\n\t{x.y}\n\tEOF\nshow \"{x.y}\"", "@\n[@]" },
        { "cat <<A <<'B'\n$(show \"a\")\nA\n{x.y} $b\nB\n", "@ $b\n" },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void A_placeholder_is_one_word_wherever_it_stands_and_whatever_it_holds(string line, string expected)
    {
        foreach (var value in Hostile)
            Assert.Equal(expected.Replace("@", value, StringComparison.Ordinal), Show(line, value));
    }

    // A command substitution takes newlines off the end of what it prints, so those values prove nothing here.
    [Theory]
    [InlineData("show \"$(printf %s {x.y})\"")]
    [InlineData("show \"$(printf %s \"{x.y}\")\"")]
    [InlineData("show \"`printf %s {x.y}`\"")]
    [InlineData("show \"$(cat <<EOF\n{x.y}\nEOF\n)\"")]
    public void A_placeholder_inside_a_command_substitution_is_not_parsed_either(string line)
    {
        foreach (var value in Hostile.Where(static v => !v.EndsWith('\n')))
            Assert.Equal($"[{value}]", Show(line, value));
    }

    [Fact]
    public void Any_text_arrives_unchanged_as_one_argument_of_a_list_and_of_a_line()
    {
        var letters = Gen.Elements("'\"`$(){};&|<>\\\n\t !#*?[]~=%@a1é ".ToCharArray());
        var text = Gen.ArrayOf(letters).Select(static c => new string(c)).ToArbitrary();
        Prop.ForAll(text, value =>
        {
            var placeholders = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("x.y", value);
            foreach (var command in new[] { Some.Words("printf", "%s|%s", "{x.y}", value.Replace("{", "", StringComparison.Ordinal)), Some.Line("printf '%s|' {x.y}; printf %s '{x.y}' | tr -d '{'") })
            {
                foreach (var file in Directory.GetFiles(_place.Folder())) File.Delete(file);
                var output = _place.Run(Some.Run(command, _place.Dir) with { Placeholders = placeholders }).Output;
                if (output != $"{value}|{value.Replace("{", "", StringComparison.Ordinal)}") return false;
            }
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    [Theory]
    [InlineData("12", "show $(({x.y} + 1))", "[13]")]
    [InlineData("3", "if (( {x.y} > 2 )); then show yes; fi; show {x.y}", "[yes][3]")]
    [InlineData("3", "for ((i = 0; i < {x.y}; i++)); do show $i; done", "[0][1][2]")]
    [InlineData("a", "show $( (echo {x.y}; echo \"{x.y}\") | sort -u)", "[a]")]
    public void A_whole_number_may_stand_in_arithmetic(string value, string line, string expected) => Assert.Equal(expected, Show(line, value));

    [Fact]
    public void Anything_else_fails_in_arithmetic_and_is_not_evaluated()
    {
        var run = Some.Run(Some.Line("echo $(({x.y} + 1))"), _place.Dir) with
        {
            Placeholders = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("x.y", "a[$(touch pwned)]"),
        };
        var (code, _, errors) = _place.Run(run);
        Assert.Equal(1, code);
        Assert.Contains("x.y is not a whole number", errors, StringComparison.Ordinal);
        Assert.False(File.Exists($"{_place.Dir}/pwned"));
    }

    [Fact]
    public void What_only_looks_like_a_placeholder_is_left_alone() =>
        Assert.Equal("[{x.y}][1][2][{\"a\":1}][h][ok]", Show("show \\{x.y} {1..2} '{\"a\":1}'; h=h; show ${h}; printf x | awk '{ printf \"[ok]\" }'", "v"));

    [Fact]
    public void Double_braces_are_read_as_single_ones() => Assert.Equal("[v][a v]", Show("show {{x.y}} \"a {{x.y}}\"", "v"));
}

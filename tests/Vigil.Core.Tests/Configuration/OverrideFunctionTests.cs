using System.Diagnostics;
using Vigil.Configuration;

namespace Vigil.Core.Tests.Configuration;

/// <summary>The functions of the override grammar, their values and their refusals.</summary>
public sealed class OverrideFunctionTests
{
    [Theory]
    [InlineData("a=choice(1, b ,'c d',[1,2],{x: y})", "1|b|c\\ d|[1,2]|{x:y}")]
    [InlineData("a=choice(sort(3,1,2))", "1|2|3")]
    [InlineData("a=choice(int(1.7,2.2))", "1|2")]
    [InlineData("a=range(3)", "0|1|2")]
    [InlineData("a=range(stop=3)", null)]
    [InlineData("a=range(1,stop=4,step=2)", "1|3")]
    [InlineData("a=range(3,1)", "")]
    [InlineData("a=range(0,1,0.25)", "0.0|0.25|0.5|0.75")]
    [InlineData("a=range(0.5)", "0.0")]
    [InlineData("a=range(1e-5,4e-5,1e-5)", "1e-05|2e-05|3e-05")]
    [InlineData("a=range(1,0.7,-0.1)", "1.0|0.9|0.8")]
    [InlineData("a=range(0,1e16,5e15)", "0.0|5000000000000000.0")]
    [InlineData("a=range(99999999999999999999,100000000000000000001)", "99999999999999999999|100000000000000000000")]
    [InlineData("a=sort(range(0,5,2),reverse=true)", "4|2|0")]
    [InlineData("a=sort(range(5,0,-2))", "1|3|5")]
    [InlineData("a=sort(range(0,0.5,0.2),reverse=true)", "0.4|0.2|0.0")]
    [InlineData("a=sort(b,a,B)", "B|a|b")]
    [InlineData("a=sort(2.5,1,true)", "1|True|2.5")]
    [InlineData("a=sort([3,1,2])", "[1,2,3]")]
    [InlineData("a=sort(x)", "x")]
    [InlineData("a=sort(sweep=choice(b,a))", "a|b")]
    [InlineData("a=sort(list=[b,a],reverse=true)", "[b,a]")]
    [InlineData("a=shuffle(x)", "[x]")]
    [InlineData("a=tag(t,sweep=range(2))", "0|1")]
    [InlineData("a=int([1.9,'2',{x: true}])", "[1,2,{x:1}]")]
    [InlineData("a=int(' 1_0 ')", "10")]
    [InlineData("a=float(range(3))", "0.0|1.0|2.0")]
    [InlineData("a=float('1e3')", "1000.0")]
    [InlineData("a=float(true)", "1.0")]
    [InlineData("a=str(choice(1,true,2.5))", "1|true|2.5")]
    [InlineData("a=str([1,{y: 1e5}])", "[1,{y:100000.0}]")]
    [InlineData("a=bool(0,1,TRUE,'false')", "False|True|True|False")]
    [InlineData("a=bool(value='true')", "True")]
    [InlineData("a=[int('1'),str(2)]", "[1,2]")]
    [InlineData("a=choice (1 , 2 )", "1|2")]
    [InlineData("a=glob([d*,'?'],exclude=[*x])", "d|dy|e")]
    [InlineData("a=glob('[!d]*')", "e")]
    public void A_function_gives_its_values(string text, string? values)
    {
        var report = new DiagnosticBag();
        var read = Override.Parse(text, report);
        if (values is null) { Assert.Null(read); return; }
        Assert.Empty(report.All);
        var expansion = read!.Expand(["d", "dx", "dy", "e"]);
        Assert.Null(expansion.Mistake);
        Assert.Equal(values, string.Join('|', expansion.Values.Select(static v => v.Text)));
    }

    [Theory]
    [InlineData("a=foo(1)", "no function 'foo'")]
    [InlineData("a=rnage(1)", "did you mean range(…)?")]
    [InlineData("a=choice()", "at least one")]
    [InlineData("a=choice(choice(a),b)", "nested")]
    [InlineData("a=choice(null)", "no null")]
    [InlineData("a=choice(x=1)", "no argument 'x'")]
    [InlineData("a=range()", "where it stops")]
    [InlineData("a=range(1,2,3,4)", "at most 3")]
    [InlineData("a=range(a)", "takes numbers")]
    [InlineData("a=range(1,start=2)", "given twice")]
    [InlineData("a=range(stop=1,stop=2)", "given twice")]
    [InlineData("a=range(start=1,2)", "without a name")]
    [InlineData("a=interval(1)", "a start and an end")]
    [InlineData("a=tag(a)", "the last argument")]
    [InlineData("a=tag(sweep=range(2))", "needs a sweep")]
    [InlineData("a=tag(1,range(2))", "tags are texts")]
    [InlineData("a=tag(glob(*))", "the last argument")]
    [InlineData("a=sort(1,a)", "only numbers, or only texts")]
    [InlineData("a=sort([1],[2])", "only numbers, or only texts")]
    [InlineData("a=sort(1,2,reverse=3)", "true or false")]
    [InlineData("a=sort()", "needs values")]
    [InlineData("a=sort(interval(0,1))", "takes values, choices or a range")]
    [InlineData("a=shuffle(interval(0,1))", "takes values, choices or a range")]
    [InlineData("a=int(null)", "cannot cast null")]
    [InlineData("a=int(1,value=2)", "not both")]
    [InlineData("a=int()", "needs a value")]
    [InlineData("a=int(inf)", "cannot cast inf")]
    [InlineData("a=bool(2x)", "cannot cast 2x")]
    [InlineData("a=str(range(2))", "cannot be cast with str")]
    [InlineData("a=bool(interval(0,1))", "cannot be cast with bool")]
    [InlineData("a=[choice(1,2)]", "inside a list or a dict")]
    [InlineData("a={x: range(2)}", "inside a list or a dict")]
    [InlineData("a=1,range(2)", "among choices")]
    [InlineData("a=glob(1)", "a pattern")]
    [InlineData("a={null: 1}", "null cannot be a key")]
    [InlineData("a={1 2}", "':' is missing")]
    [InlineData("a=[1] ", "a blank")]
    [InlineData("a='x' ", "a blank")]
    [InlineData("a=x)", "')' cannot stand here")]
    [InlineData("a={x: [1}", "'}' cannot stand here")]
    [InlineData("a=[1, ]", "a value is missing")]
    public void A_function_or_value_that_cannot_be_is_told_why(string text, string why)
    {
        var report = new DiagnosticBag();
        Assert.Null(Override.Parse(text, report));
        var mistake = Assert.Single(report.All);
        Assert.Equal("CFG036", mistake.Code);
        Assert.Contains(why, mistake.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a=[1,2", 7)]
    [InlineData("a=x&y", 4)]
    [InlineData("+a.b=f(1)", 6)]
    [InlineData("a=[1,{x:é}]", 9)]
    public void A_mistake_in_a_value_has_its_column(string text, int column)
    {
        var report = new DiagnosticBag();
        Override.Parse(text, report);
        Assert.Equal(column, Assert.Single(report.All).At.Column);
    }

    [Theory]
    [InlineData("a={x: 1, y: 2, x: 3}", "{x:3,y:2}")]
    [InlineData("a={1: a, 1.0: b, true: c}", "{1:c}")]
    [InlineData("a={a\\ b: 1, c/d: 2}", "{a\\ b:1,c/d:2}")]
    [InlineData("a={TRUE: 1}", "{True:1}")]
    [InlineData("a=foo: bar", "foo\\:\\ bar")]
    [InlineData("a=foo : ", "foo\\ \\:\\ ")]
    [InlineData("a=a\\ ", "a\\ ")]
    [InlineData("a=${a b}é", null)]
    [InlineData("a=${é}", "$\\{é\\}")]
    [InlineData("a='it\\'s'", "'it\\'s'")]
    [InlineData("a=\"it's\"", "\"it's\"")]
    [InlineData("a='a\\\\'", "'a\\\\'")]
    [InlineData("a=''", "''")]
    [InlineData("a=  ", "")]
    [InlineData("a=1__0", "1__0")]
    [InlineData("a=-.5e-3", "-0.0005")]
    [InlineData("a=5.", "5.0")]
    [InlineData("a=00", "00")]
    [InlineData("a=+inf", "inf")]
    [InlineData("a=1e400", "inf")]
    public void A_value_is_written_as_Hydra_writes_it(string text, string? written)
    {
        var read = Override.Parse(text, new DiagnosticBag());
        Assert.Equal(written, read?.ValueText);
    }

    [Fact]
    public void Shuffling_gives_every_machine_the_same_order_and_another_text_another_one()
    {
        var first = Order("a=shuffle(range(20))");
        Assert.Equal(first, Order("a=shuffle(range(20))"));
        Assert.NotEqual(first, Order("b=shuffle(range(20))"));
        Assert.Equal(Order("a=range(20)"), first.Split('|').OrderBy(static v => int.Parse(v, System.Globalization.CultureInfo.InvariantCulture)).Aggregate(static (a, b) => $"{a}|{b}"));
        static string Order(string text) => string.Join('|', Override.Parse(text, new DiagnosticBag())!.Expand([]).Values.Select(static v => v.Text));
    }

    [Theory]
    [InlineData("a=")]
    [InlineData("a=choice(")]
    [InlineData("~")]
    public void A_very_long_token_takes_no_time(string start)
    {
        var clock = Stopwatch.StartNew();
        foreach (var filling in new[] { "x", "1", " ", "\\", "\\,", "1,", "[", "a.", "a/", "${", "'", "x ", ": ", "{x:", "f(" })
            Override.Parse(start + string.Concat(Enumerable.Repeat(filling, 200_000 / filling.Length)), new DiagnosticBag())?.Expand(["a"]);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"{clock.Elapsed}");
    }

    [Fact]
    public void Whatever_is_made_of_an_override_is_read_or_refused_and_what_is_read_is_written_so_that_it_reads_the_same()
    {
        var seeds = HydraVectors.Read("vectors.json").GetProperty("override").EnumerateArray().Select(static v => v.GetProperty("in").GetString()!).ToList();
        const string Signs = "=,[](){}'\"\\$ :~+@./-0123eE_axyntrue*?|&é\t\n";
        var state = 20250101UL;
        for (var round = 0; round < 60_000; round++)
        {
            var text = seeds[Next(seeds.Count)];
            for (var changes = Next(4) + 1; changes > 0; changes--)
            {
                var at = Next(text.Length + 1);
                text = Next(4) switch
                {
                    0 => text.Insert(at, Signs[Next(Signs.Length)].ToString()),
                    1 when at < text.Length => text.Remove(at, 1),
                    2 => text[..at] + seeds[Next(seeds.Count)][Next(3)..],
                    _ => text.Insert(at, text[Next(at + 1)..at]),
                };
            }
            var report = new DiagnosticBag();
            var read = Override.Parse(text, report);
            Assert.True(read is null == report.All.Count > 0, text);
            if (read?.Value is not OverrideValue.Element element || element.Value.Unquoted is not null and not "" && element.Value is HydraValue.Bare) continue;
            _ = element.Value.ToNode();
            var again = Override.Parse("k=" + element.Value.Text, new DiagnosticBag());
            // Casts to text, and quotes that a function took off, leave texts that bare writing gives another type: Hydra's form does so too.
            if (!text.Contains('(', StringComparison.Ordinal) && !text.Contains('$', StringComparison.Ordinal) && !text.Contains(':', StringComparison.Ordinal) && !text.Contains('\\', StringComparison.Ordinal)) Assert.Equal(element.Value.Text, again?.ValueText);
        }

        int Next(int below)
        {
            state = unchecked(state * 6364136223846793005UL + 1442695040888963407UL);
            return (int)((state >> 33) % (ulong)Math.Max(1, below));
        }
    }
}

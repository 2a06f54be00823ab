using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Vigil.Configuration;
using Vigil.Configuration.Expressions;
using Vigil.Tests.House;

namespace Vigil.Tests.Differential;

/// <summary>Expressions must have the values that Python gives them, and be mistakes where Python refuses.</summary>
public sealed class ExpressionsAgainstPythonTests
{
    private const int Right = 8000, Broken = 4000, Seed = 20261122;

    // What Python can do and this language does not want to.
    private static readonly string[] Refused = ["texts are not formatted", "more than 4300 digits", "characters or items"];

    private const string Python = """
        import json, math, resource, struct, sys, types, warnings
        warnings.simplefilter('ignore')
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
        def tag(v):
            if isinstance(v, (str, list, tuple)) and len(v) > 70000: raise MemoryError
            if v is None: return 'N'
            if isinstance(v, bool): return 'B%d' % v
            if isinstance(v, int): return 'I%d' % v
            if isinstance(v, float): return 'Fnan' if v != v else 'F' + struct.pack('>d', v).hex()
            if isinstance(v, str): return 'S' + json.dumps(v)
            if isinstance(v, list): return '[' + ','.join(map(tag, v)) + ']'
            if isinstance(v, tuple): return '(' + ','.join(map(tag, v)) + ')'
            if isinstance(v, dict): return '{' + ','.join(tag(k) + ':' + tag(i) for k, i in v.items()) + '}'
            raise TypeError(type(v))
        rows = lambda f: lambda *a: list(f(*a))
        names = dict(true=True, false=False, null=None, a=3, b=0.5, c='text', d=True, e=None, f=[1, 2.5, 'x'], g={'k': 1, 'm': [0]},
            backend=types.SimpleNamespace(args=types.SimpleNamespace(lr=0.001)), math=math, range=rows(range), zip=rows(zip), reversed=rows(reversed), enumerate=rows(enumerate))
        for n in 'ceil floor sqrt log log2 log10 exp'.split(): names[n] = getattr(math, n)
        for n in 'int float str bool len min max abs round sum sorted any all list tuple set repr pow'.split(): names[n] = getattr(__builtins__, n)
        for line in open(sys.argv[1], encoding='utf-8'):
            try: answer = tag(eval(json.loads(line), dict(names, __builtins__={})))
            except Exception as mistake: answer = 'error ' + type(mistake).__name__
            print(json.dumps(answer))
        """;

    private static readonly Dictionary<string, ConfigNode> Names = ReadNames();

    [Fact]
    public void Every_expression_has_the_value_that_Python_gives_it()
    {
        var source = new RandomExpressions(Seed);
        var texts = Enumerable.Range(0, Right).Select(i => source.Next(1 + i % 4)).Distinct().ToArray();
        var answers = AskPython(texts);
        var (compared, values, wrong) = (0, 0, new List<string>());
        for (var i = 0; i < texts.Length; i++)
        {
            var (ours, mistake) = Ask(texts[i]);
            if (mistake is not null && Refused.Any(mistake.Message.Contains) || mistake is { Hint: { } hint } && Refused.Any(hint.Contains)) continue;
            compared++;
            if (ours is not null) values++;
            if ((ours ?? "error") != (answers[i].StartsWith("error", StringComparison.Ordinal) ? "error" : answers[i])) wrong.Add($"{texts[i]}\n    Python {answers[i]}\n    Vigil  {ours ?? mistake!.ToString()}");
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {compared} differ:\n{string.Join('\n', wrong.Take(20))}");
        Assert.True(compared > Right / 2 && values > Right / 5, $"only {compared} expressions were compared, {values} of them with values");
        TestContext.Current.SendDiagnosticMessage("{0} expressions compared with Python, {1} of them with values", compared, values);
    }

    [Fact]
    public void A_broken_expression_that_has_a_value_has_that_of_Python()
    {
        var source = new RandomExpressions(Seed + 1);
        var texts = Enumerable.Range(0, Broken).Select(_ => source.NextBroken()).Distinct().ToArray();
        var answers = AskPython(texts);
        var (refused, wrong) = (0, new List<string>());
        for (var i = 0; i < texts.Length; i++)
        {
            var (ours, _) = Ask(texts[i]);
            if (ours is null) refused++;
            else if (ours != answers[i]) wrong.Add($"{texts[i]}\n    Python {answers[i]}\n    Vigil  {ours}");
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {texts.Length} differ:\n{string.Join('\n', wrong.Take(20))}");
        Assert.True(refused > Broken / 3, $"only {refused} were refused");
    }

    private static string[] AskPython(string[] texts)
    {
        using var folder = new ScratchFolder();
        File.WriteAllLines(folder["expressions"], texts.Select(text => JsonSerializer.Serialize(text)));
        var outcome = Shell.Run(folder.Path, "/usr/bin/python3", "-c", Python, folder["expressions"]);
        var answers = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<string>(line)!).ToArray();
        Assert.True(outcome.ExitCode == 0 && answers.Length == texts.Length && texts.Length > 0, outcome.ToString());
        return answers;
    }

    private static (string? Tagged, ExpressionMistake? Mistake) Ask(string text)
    {
        if (Expression.Parse(text, out var mistake) is not { } expression) return (null, mistake!);
        var value = expression.Evaluate(static name => Names.GetValueOrDefault(name), out mistake);
        Assert.True(value is null != mistake is null, text);
        return (value is null ? null : Tag(value), mistake);
    }

    private static string Tag(Value value) => value switch
    {
        Value.None => "N",
        Value.Bool { Flag: var flag } => flag ? "B1" : "B0",
        Value.Whole { Number: var whole } => "I" + whole.ToString(CultureInfo.InvariantCulture),
        Value.Real { Number: var real } => double.IsNaN(real) ? "Fnan" : "F" + BitConverter.DoubleToInt64Bits(real).ToString("x16", CultureInfo.InvariantCulture),
        Value.Text { Word: var word } => "S" + PythonJson(word),
        Value.Row { Kind: RowKind.List, Items: var items } => $"[{string.Join(',', items.Select(Tag))}]",
        Value.Row { Kind: RowKind.Tuple, Items: var items } => $"({string.Join(',', items.Select(Tag))})",
        Value.Table { Entries: var entries } => $"{{{string.Join(',', entries.Select(e => Tag(e.Key) + ":" + Tag(e.Item)))}}}",
        _ => "a set",
    };

    private static string PythonJson(string word) => "\"" + string.Concat(word.Select(c => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\b' => "\\b",
        '\f' => "\\f",
        < ' ' or > '~' => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture),
        _ => c.ToString(),
    })) + "\"";

    private static Dictionary<string, ConfigNode> ReadNames()
    {
        var tree = (ConfigNode.Mapping)YamlReader.Read(new SourceFile("f", "/f", "{a: 3, b: 0.5, c: text, d: true, e: null, f: [1, 2.5, x], g: {k: 1, m: [0]}, backend.args.lr: 1e-3}"), new DiagnosticBag())!;
        return tree.Entries.ToDictionary(static e => e.Key, static e => e.Value);
    }
}

using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Vigil.Configuration.Functions;

/// <summary>The functions behind <c>${name:…}</c> that look at their arguments and the world alone: those that the training configurations of others are written with.</summary>
internal static class FunctionTable
{
    /// <summary>A function, and how it is called.</summary>
    private sealed record Entry(string Signature, int Least, int Most, PlainFunction Apply);

    private static readonly FrozenDictionary<string, PlainFunction> Functions = new Dictionary<string, Entry>
    {
        ["oc.mul"] = new("${oc.mul:2,3.5} → 7.0", 0, int.MaxValue, NumberResolvers.Mul),
        ["oc.muli"] = new("${oc.muli:2,3} → 6", 0, int.MaxValue, NumberResolvers.Muli),
        ["oc.add"] = new("${oc.add:1,2.5} → 3.5", 0, int.MaxValue, NumberResolvers.Add),
        ["oc.addi"] = new("${oc.addi:1,2} → 3", 0, int.MaxValue, NumberResolvers.Addi),
        ["oc.sub"] = new("${oc.sub:5,2} → 3.0", 2, 2, NumberResolvers.Sub),
        ["oc.subi"] = new("${oc.subi:5,2} → 3", 2, 2, NumberResolvers.Subi),
        ["oc.div"] = new("${oc.div:5,2} → 2.5; a list is divided item by item", 2, 2, NumberResolvers.Div),
        ["oc.divi"] = new("${oc.divi:5,2} → 2; a list is divided item by item", 2, 2, NumberResolvers.Divi),
        ["oc.cdivi"] = new("${oc.cdivi:5,2} → 3", 2, 2, NumberResolvers.Cdivi),
        ["oc.sqrt"] = new("${oc.sqrt:16} → 4.0", 1, 1, NumberResolvers.Sqrt),
        ["oc.mul_round_int"] = new("${oc.mul_round_int:10,1.25,8} → 16: a·b, rounded to a multiple of the third", 3, 3, NumberResolvers.MulRoundInt),
        ["oc.int"] = new("${oc.int:x}", 1, 1, NumberResolvers.Int),
        ["oc.eq"] = new("${oc.eq:a,b}", 2, 2, LogicResolvers.Equal),
        ["oc.neq"] = new("${oc.neq:a,b}", 2, 2, LogicResolvers.NotEqual),
        ["oc.lt"] = new("${oc.lt:1,2}", 2, 2, LogicResolvers.Less),
        ["oc.leq"] = new("${oc.leq:1,2}", 2, 2, LogicResolvers.LessOrEqual),
        ["oc.gt"] = new("${oc.gt:2,1}", 2, 2, LogicResolvers.Greater),
        ["oc.geq"] = new("${oc.geq:2,1}", 2, 2, LogicResolvers.GreaterOrEqual),
        ["oc.if"] = new("${oc.if:condition,then,otherwise}", 3, 3, LogicResolvers.If),
        ["oc.eval"] = new("${oc.eval:'${a} * 2'}", 1, 1, LogicResolvers.Eval),
        ["oc.mapeval"] = new("${oc.mapeval:[1+1,2*3]} → [2, 6]", 1, 1, LogicResolvers.MapEval),
        ["oc.slice"] = new("${oc.slice:hello,0,3} → hel, or of a list", 3, 3, RowResolvers.Slice),
        ["oc.len"] = new("${oc.len:[a,b]} → 2, or of a text or a mapping", 1, 1, RowResolvers.Len),
        ["oc.concat"] = new("${oc.concat:foo,bar} → foobar, or of two lists", 2, 2, RowResolvers.Concat),
        ["oc.dict_merge"] = new("${oc.dict_merge:${a},${b}}: later keys win", 0, int.MaxValue, RowResolvers.DictMerge),
        ["oc.join"] = new("${oc.join:'-',[a,b]} → a-b", 2, 2, RowResolvers.Join),
        ["oc.split"] = new("${oc.split:'a b',' '} → [a, b]", 2, 2, RowResolvers.Split),
        ["oc.mapextractkey"] = new("${oc.mapextractkey:name,${a list of mappings}}", 2, 2, RowResolvers.MapExtractKey),
        ["oc.tmpl"] = new("${oc.tmpl:'x=%',foo} → x=foo", 2, 2, TemplateResolvers.Tmpl),
        ["oc.maptmpl"] = new("${oc.maptmpl:'x=%',[a,b]} → [x=a, x=b]", 2, 2, TemplateResolvers.MapTmpl),
        ["oc.mapkeytmpl"] = new("${oc.mapkeytmpl:key,'x=%',[a,b]} → [{key: x=a}, {key: x=b}]", 3, 3, TemplateResolvers.MapKeyTmpl),
        ["oc.mapkeyvaltmpl"] = new("${oc.mapkeyvaltmpl:'%k=%v',{a: 1}} → [a=1]", 2, 2, TemplateResolvers.MapKeyValTmpl),
        ["oc.mapvaltmpl"] = new("${oc.mapvaltmpl:'x=%v',{a: 1}} → {a: x=1}", 2, 2, TemplateResolvers.MapValTmpl),
        ["oc.mapcondtmpl"] = new("${oc.mapcondtmpl:'^b.*','B=%','other=%',[foo,bar]} → [other=foo, B=bar]", 4, 4, TemplateResolvers.MapCondTmpl),
        ["oc.timestring"] = new("${oc.timestring:}", 0, 0, TimeResolvers.TimeString),
        ["oc.slurmtime"] = new("${oc.slurmtime:3661} → 0-1:1:1", 1, 1, TimeResolvers.SlurmTime),
        ["now"] = new("${now:%Y-%m-%d}", 1, 1, TimeResolvers.Now),
        ["oc.exclude_nodes"] = new("${oc.exclude_nodes:file} or ${oc.exclude_nodes:file,separator}", 1, 2, FileResolvers.ExcludeNodes),
        ["oc.train_config"] = new("${oc.train_config:folder} or ${oc.train_config:folder,file}", 1, 2, FileResolvers.TrainConfig),
        ["oc.train_config_opt"] = new("${oc.train_config_opt:folder} or ${oc.train_config_opt:folder,file}", 1, 2, FileResolvers.TrainConfigOpt),
        ["oc.pad_iter"] = new("${oc.pad_iter:5000} → iter_0005000", 1, 1, FileResolvers.PadIter),
        ["oc.cliargs"] = new("${oc.cliargs:${a mapping}} → [--key, value, …]", 1, 1, CommandLineResolvers.CliArgs),
        ["oc.argsmegatron"] = new("${oc.argsmegatron:${a mapping}} → [--key, value, …]", 1, 1, CommandLineResolvers.ArgsMegatron),
        ["python_version"] = new("${python_version:}", 0, 1, static _ => new FunctionResult.Refused("Vigil runs without Python, so it cannot tell a version of it", "write the version as a value of your own")),
    }.ToFrozenDictionary(static e => e.Key, static e => Counted(e.Value), StringComparer.Ordinal);

    public static ImmutableArray<string> Names { get; } = [.. Functions.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Null for a name that is not of this table.</summary>
    public static PlainFunction? Find(string name) => Functions.GetValueOrDefault(name);

    /// <summary>The function with its arguments counted first, and with its signature in every refusal that has no better hint.</summary>
    private static PlainFunction Counted(Entry entry) => call =>
    {
        if (call.Arguments.Length < entry.Least || call.Arguments.Length > entry.Most) return new FunctionResult.Refused($"{call.Name} takes {Range(entry)}, not {call.Arguments.Length}", entry.Signature);
        var result = entry.Apply(call);
        return result is FunctionResult.Refused { Hint: null } refused ? refused with { Hint = entry.Signature } : result;
    };

    private static string Range(Entry entry) => (entry.Least, entry.Most) switch
    {
        (0, 0) => "no arguments",
        (1, 1) => "one argument",
        var (least, most) when least == most => $"{least} arguments",
        var (least, most) => $"{least} to {most} arguments",
    };
}

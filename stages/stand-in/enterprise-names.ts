import type { Random } from './random.ts';
import { pick, weightedChoice } from './random.ts';

/** What companies of a GB/T 4754-2017 division call their trade. */
const TRADES: Readonly<Record<string, readonly string[]>> = {
  '06': ['煤业', '矿业', '煤矿'],
  '07': ['石油', '油气'],
  '08': ['铁矿', '矿业'],
  '09': ['金矿', '铜矿', '矿业'],
  '10': ['石材', '石灰石', '盐业'],
  '11': ['矿山服务', '钻井服务'],
  '12': ['矿业'],
  '13': ['粮油', '面粉', '饲料', '肉类食品', '淀粉'],
  '14': ['食品', '乳业', '调味品'],
  '15': ['酒业', '饮料', '啤酒'],
  '16': ['烟草'],
  '17': ['纺织', '印染', '棉纺织', '毛纺'],
  '18': ['服装', '服饰', '制衣'],
  '19': ['皮革', '制革', '鞋业'],
  '20': ['木业', '板材', '人造板'],
  '21': ['家具', '家居'],
  '22': ['纸业', '造纸', '纸制品'],
  '23': ['印刷', '印务', '彩印'],
  '24': ['文体用品', '工艺品', '乐器'],
  '25': ['石化', '焦化', '炼油'],
  '26': ['化工', '化肥', '涂料', '精细化工'],
  '27': ['制药', '药业', '生物医药'],
  '28': ['化纤', '纤维'],
  '29': ['橡胶', '塑料', '轮胎'],
  '30': ['水泥', '建材', '玻璃', '陶瓷', '耐火材料', '新型墙材'],
  '31': ['钢铁', '轧钢', '特钢', '铸管'],
  '32': ['铝业', '铜业', '有色金属'],
  '33': ['金属制品', '五金', '钢结构', '标准件'],
  '34': ['机械', '轴承', '泵业', '阀门'],
  '35': ['专用设备', '重工', '矿山机械', '农业机械'],
  '36': ['汽车', '汽车零部件', '专用汽车'],
  '37': ['轨道装备', '船舶', '自行车'],
  '38': ['电气', '电缆', '变压器', '蓄电池'],
  '39': ['电子', '通信设备', '光电'],
  '40': ['仪器仪表', '仪表'],
  '41': ['日用品'],
  '42': ['再生资源', '物资回收'],
  '43': ['设备维修', '机电检修'],
  '44': ['热电', '发电', '热力'],
  '45': ['燃气', '天然气'],
  '46': ['水务', '自来水', '污水处理'],
};
const FIRST = Array.from('宏鑫华恒金瑞德盛东泰永嘉中天隆兴福国新长广大正信康明海北冀顺');
const SECOND = Array.from('达源泰隆通盛发利丰昌和安阳远成润鼎茂辉宇');
const FORMS = ['有限公司', '有限责任公司', '股份有限公司', '集团有限公司', '厂'];
const BRANCHES = ['一分厂', '二分厂', '分公司', '热力分厂', '新区分公司'];
const chooseForm = weightedChoice([70, 10, 8, 4, 8]);

/** A company name: town, brand, trade, form; one in a hundred with a comma, one in two hundred with the brand in quotes. */
export function companyName(random: Random, town: string, industry: string): string {
  const brand = pick(random, FIRST) + pick(random, SECOND);
  const trade = pick(random, TRADES[industry.slice(0, 2)] ?? ['实业']);
  const form = FORMS[chooseForm(random)]!;
  const manner = random.uniform();
  if (manner < 0.01) return `${town}${brand}${trade}${form},${pick(random, BRANCHES)}`;
  if (manner < 0.015) return `${town}"${brand}"${trade}${form}`;
  return `${town}${brand}${trade}${form}`;
}

/** A place's name as companies carry it: without 市, 地区 or 盟 at its end. */
export const townName = (place: string): string => place.replace(/(?<=..)(?:市|地区|盟)$/u, '');
